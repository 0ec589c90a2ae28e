/**
 * Streams: subscriptions over WebSockets and server-sent events, how long they last, and
 * how many there may be.
 */
@NullMarked
package dev.kennel.graphql.stream;

import org.jspecify.annotations.NullMarked;
