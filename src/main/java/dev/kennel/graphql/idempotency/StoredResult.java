package dev.kennel.graphql.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * The stored result of a field of a request with a key.
 *
 * @param sameRequest whether the key was used by this request
 * @param payload the payload of the field, or null if it has not been executed
 */
record StoredResult(boolean sameRequest, @Nullable String payload) {
}
