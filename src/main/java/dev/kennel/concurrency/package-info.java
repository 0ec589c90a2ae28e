/**
 * Bulkheads, deadlines, watchdogs and event loops. Independent of GraphQL, accounts and
 * the database.
 */
@NullMarked
package dev.kennel.concurrency;

import org.jspecify.annotations.NullMarked;
