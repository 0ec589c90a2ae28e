/**
 * Incremental delivery: responses in several payloads, as {@code @defer} and
 * {@code @stream} cause them.
 */
@NullMarked
package dev.kennel.graphql.incremental;

import org.jspecify.annotations.NullMarked;
