/**
 * The HTTP server: how much memory connections may take.
 */
@NullMarked
package dev.kennel.server;

import org.jspecify.annotations.NullMarked;
