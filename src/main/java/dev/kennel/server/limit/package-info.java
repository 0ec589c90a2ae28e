/**
 * The settings of the server, most of which are limits, and the permits for memory and
 * for concurrent requests.
 */
@NullMarked
package dev.kennel.server.limit;

import org.jspecify.annotations.NullMarked;
