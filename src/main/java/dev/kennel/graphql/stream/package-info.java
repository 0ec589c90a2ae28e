/**
 * Streams: open WebSockets and responses of server-sent events, with their limits and the
 * reasons why they end. What {@code @stream} delivers is a streamed list, and what
 * follows the change feed is a subscription.
 */
@NullMarked
package dev.kennel.graphql.stream;

import org.jspecify.annotations.NullMarked;
