package dev.kennel.server;

import org.jspecify.annotations.Nullable;

/**
 * Renders the bodies of error responses: of requests that no {@link RequestHandler} has
 * handled, or whose handler has failed.
 */
@FunctionalInterface
public interface ErrorBodies {

	/**
	 * Creates a body.
	 * @param status the HTTP status, 400 or greater
	 * @param requestId the id of the request in the log
	 * @param failure the failure, or null
	 * @return JSON in UTF-8
	 */
	byte[] of(int status, String requestId, @Nullable Throwable failure);

}
