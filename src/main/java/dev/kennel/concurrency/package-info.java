/**
 * Bulkheads, deadlines, watchdogs, event loops and virtual threads. Independent of
 * GraphQL, accounts and the database.
 */
@NullMarked
package dev.kennel.concurrency;

import org.jspecify.annotations.NullMarked;
