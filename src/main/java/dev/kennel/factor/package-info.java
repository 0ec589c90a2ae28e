/**
 * Second factors: one-time codes, recovery codes, and which log-ins need them.
 */
@NullMarked
package dev.kennel.factor;

import org.jspecify.annotations.NullMarked;
