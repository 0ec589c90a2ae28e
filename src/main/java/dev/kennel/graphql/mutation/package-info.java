/**
 * What holds for every field of a mutation: it sees what the fields before it have done,
 * and those that are {@link dev.kennel.graphql.mutation.Atomic} are one transaction that
 * a retry does not repeat.
 */
@NullMarked
package dev.kennel.graphql.mutation;

import org.jspecify.annotations.NullMarked;
