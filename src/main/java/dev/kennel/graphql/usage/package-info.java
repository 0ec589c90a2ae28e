/**
 * Counts which fields and arguments of the schema are used, and by which clients, so that
 * one can be removed when no client uses it any more.
 */
@NullMarked
package dev.kennel.graphql.usage;

import org.jspecify.annotations.NullMarked;
