package dev.kennel.server.limit;

import java.time.Duration;

/**
 * The timeout for receiving a complete request body.
 *
 * @param value the time from the request's headers to the end of its body
 */
public record RequestBodyTimeout(Duration value) {
}
