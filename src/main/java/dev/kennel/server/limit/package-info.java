/**
 * The limits of the server: its settings, and the permits for memory and for concurrent
 * requests.
 */
@NullMarked
package dev.kennel.server.limit;

import org.jspecify.annotations.NullMarked;
