/**
 * What holds for every field of a mutation: it sees what the fields before it have done,
 * and those that are {@link dev.kennel.graphql.idempotency.Atomic} are one transaction
 * that a retry does not repeat.
 */
@NullMarked
package dev.kennel.graphql.idempotency;

import org.jspecify.annotations.NullMarked;
