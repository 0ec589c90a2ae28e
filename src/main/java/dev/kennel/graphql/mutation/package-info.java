/** What holds for every field of a mutation. */
@NullMarked
package dev.kennel.graphql.mutation;

import org.jspecify.annotations.NullMarked;
