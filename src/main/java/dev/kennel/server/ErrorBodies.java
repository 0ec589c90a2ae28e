package dev.kennel.server;

import org.jspecify.annotations.Nullable;

/**
 * The bodies of the responses to requests that no {@link RequestHandler} has seen, or in
 * which one has failed.
 */
@FunctionalInterface
public interface ErrorBodies {

	/**
	 * Makes a body.
	 * @param status the HTTP status, of 400 or more
	 * @param requestId what finds the request in the log
	 * @param failure what the request has failed with, or null
	 * @return JSON in UTF-8
	 */
	byte[] of(int status, String requestId, @Nullable Throwable failure);

}
