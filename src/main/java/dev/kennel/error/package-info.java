/**
 * Errors as a client sees them: every one has a code that it can act on, and none shows
 * the inside. What goes wrong in a feature is thrown as an
 * {@link dev.kennel.error.ApiException}.
 */
@NullMarked
package dev.kennel.error;

import org.jspecify.annotations.NullMarked;
