package dev.kennel.graphql.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a field of a request with a key.
 *
 * @param sameRequest whether the key was used for this request, and no other
 * @param answer what the field has answered, or null if it has not been run
 */
record StoredResult(boolean sameRequest, @Nullable String answer) {
}
