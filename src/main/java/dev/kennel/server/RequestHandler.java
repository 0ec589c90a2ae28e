package dev.kennel.server;

/** Handles the requests of a path. */
@FunctionalInterface
public interface RequestHandler {

	/**
	 * Handles a request, on the event loop of its connection: what may block is given to
	 * {@link HttpExchange#run}. Every request is responded to once, be it later.
	 * @param exchange the request and its response
	 */
	void handle(HttpExchange exchange);

}
