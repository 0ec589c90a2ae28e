/**
 * Rate limits of guesses, sign-ups and mails, counted by all instances together, and the
 * bulkhead of password hashes of one instance.
 */
@NullMarked
package dev.kennel.throttle;

import org.jspecify.annotations.NullMarked;
