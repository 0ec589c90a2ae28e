/**
 * The context of every operation: its caller, its client, its batch, and the interceptors
 * called before and after its execution.
 */
@NullMarked
package dev.kennel.graphql;

import org.jspecify.annotations.NullMarked;
