/**
 * The execution of {@link dev.kennel.graphql.idempotency.TransactionalMutation} mutation
 * fields, each of which is one transaction that a retry with the same
 * {@code Idempotency-Key} does not repeat.
 */
@NullMarked
package dev.kennel.graphql.idempotency;

import org.jspecify.annotations.NullMarked;
