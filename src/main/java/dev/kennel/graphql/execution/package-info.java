/**
 * Runs operations: each is compiled once to a plan, which is run level by level, and
 * whose result is written to JSON from where it stands. docs/execution.md tells how.
 */
@NullMarked
package dev.kennel.graphql.execution;

import org.jspecify.annotations.NullMarked;
