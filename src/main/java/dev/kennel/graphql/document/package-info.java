/**
 * Documents: each is parsed, validated and costed once, and cached. Clients may send its
 * hash instead (automatic persisted queries), and execution may be restricted to trusted
 * documents.
 */
@NullMarked
package dev.kennel.graphql.document;

import org.jspecify.annotations.NullMarked;
