package dev.kennel.server;

import java.time.Duration;

/**
 * How long a request's body may take to arrive, however slowly it trickles.
 *
 * @param value the time from the request's headers to the end of its body
 */
public record RequestBodyTimeout(Duration value) {
}
