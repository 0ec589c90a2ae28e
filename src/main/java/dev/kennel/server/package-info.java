/**
 * The HTTP server: how connections are kept within bounds, requests are read and run, and
 * responses written. The only package that knows Reactor Netty.
 */
@NullMarked
package dev.kennel.server;

import org.jspecify.annotations.NullMarked;
