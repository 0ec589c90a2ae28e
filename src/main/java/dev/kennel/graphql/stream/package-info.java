/**
 * Streams: the lifecycle and limits of subscriptions over WebSockets and server-sent
 * events.
 */
@NullMarked
package dev.kennel.graphql.stream;

import org.jspecify.annotations.NullMarked;
