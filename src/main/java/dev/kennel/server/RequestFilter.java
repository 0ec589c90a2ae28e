package dev.kennel.server;

/** Filters requests before their {@link RequestHandler}, on the event loop. */
@FunctionalInterface
public interface RequestFilter {

	/**
	 * Rejects a request, in which case its handler is not called.
	 * @param exchange the request and its response
	 * @return whether a response has been sent
	 */
	boolean rejects(HttpExchange exchange);

}
