/**
 * Digests, derived keys, and one-time tokens.
 */
@NullMarked
package dev.kennel.secret;

import org.jspecify.annotations.NullMarked;
