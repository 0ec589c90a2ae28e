/**
 * The entry point and the checks at start-up. Each feature has a package of its own
 * below.
 */
@NullMarked
package dev.kennel;

import org.jspecify.annotations.NullMarked;
