/**
 * The HTTP server: limits connections, dispatches requests and writes responses. The only
 * package that depends on Reactor Netty.
 */
@NullMarked
package dev.kennel.server;

import org.jspecify.annotations.NullMarked;
