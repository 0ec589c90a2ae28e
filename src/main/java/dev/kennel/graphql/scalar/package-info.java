/**
 * The scalars of the schema that are stricter than graphql-java's.
 */
@NullMarked
package dev.kennel.graphql.scalar;

import org.jspecify.annotations.NullMarked;
