/**
 * The cost of an operation: a formula, compiled once for its document, and evaluated with
 * the variables of each request.
 */
@NullMarked
package dev.kennel.graphql.cost;

import org.jspecify.annotations.NullMarked;
