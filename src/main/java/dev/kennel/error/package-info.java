/**
 * Errors of the API: each has a code that a client can act on, and none exposes
 * internals. A feature throws an {@link dev.kennel.error.ApiException}.
 */
@NullMarked
package dev.kennel.error;

import org.jspecify.annotations.NullMarked;
