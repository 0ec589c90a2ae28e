/**
 * The execution of mutation fields: each sees the effects of the fields before it, and an
 * {@link dev.kennel.graphql.idempotency.Atomic} field is one transaction, which a retry
 * does not repeat.
 */
@NullMarked
package dev.kennel.graphql.idempotency;

import org.jspecify.annotations.NullMarked;
