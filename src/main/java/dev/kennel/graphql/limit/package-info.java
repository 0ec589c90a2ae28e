/**
 * Limits of operations: shape, maximum cost, budget and deadline. Everything that depends
 * on the document alone is computed once.
 */
@NullMarked
package dev.kennel.graphql.limit;

import org.jspecify.annotations.NullMarked;
