/**
 * The connections of clients: their timeouts and limits, pipelining, lingering close, and
 * eviction. Handlers of Netty's channel pipeline, around the HTTP codec.
 */
@NullMarked
package dev.kennel.server.connection;

import org.jspecify.annotations.NullMarked;
