/**
 * The execution of an operation of any transport: interceptors, permits, the deadline,
 * its document and the engine, in the order of
 * {@link dev.kennel.graphql.operation.OperationHandler}.
 */
@NullMarked
package dev.kennel.graphql.operation;

import org.jspecify.annotations.NullMarked;
