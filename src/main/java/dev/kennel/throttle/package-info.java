/**
 * Makes guessing slow: how often passwords and one-time tokens can be tried, by all
 * instances together, and how many are checked at once by one.
 */
@NullMarked
package dev.kennel.throttle;

import org.jspecify.annotations.NullMarked;
