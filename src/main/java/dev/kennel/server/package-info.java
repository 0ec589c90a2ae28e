/**
 * The HTTP server: dispatches requests and sends responses. Only this package and those
 * below it depend on Reactor Netty.
 */
@NullMarked
package dev.kennel.server;

import org.jspecify.annotations.NullMarked;
