package dev.kennel.write;

import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * A node that is inserted into an account.
 *
 * @param <T> the type of the node
 * @param account the account
 * @param node the node
 * @param result the idempotency record of the creation, which the same statement inserts,
 * or null if there is none
 */
record NewNode<T>(AccountId account, T node, @Nullable IdempotencyRecord result) {
}
