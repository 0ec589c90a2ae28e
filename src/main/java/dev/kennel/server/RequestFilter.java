package dev.kennel.server;

/** Sees each request before its {@link RequestHandler}, on the event loop. */
@FunctionalInterface
public interface RequestFilter {

	/**
	 * Responds to a request that its handler must not see.
	 * @param exchange the request and its response
	 * @return whether the request has been responded to
	 */
	boolean refuses(HttpExchange exchange);

}
