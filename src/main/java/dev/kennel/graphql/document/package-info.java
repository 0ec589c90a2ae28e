/**
 * Documents: each is parsed, validated and costed once, and kept; clients may send its
 * hash instead; and the service may be told to run no others than those that it trusts.
 */
@NullMarked
package dev.kennel.graphql.document;

import org.jspecify.annotations.NullMarked;
