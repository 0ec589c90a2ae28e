package dev.kennel.server;

/** Handles the requests of a path. */
@FunctionalInterface
public interface RequestHandler {

	/**
	 * Handles a request on the event loop of its connection. Blocking work is submitted
	 * to {@link HttpExchange#run}. Every request gets exactly one response, possibly
	 * later.
	 * @param exchange the request and its response
	 */
	void handle(HttpExchange exchange);

}
