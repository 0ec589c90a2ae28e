/**
 * Statements and transactions: rows, retries, inserts that commit together, meters and
 * traces of statements, and what the failures of SQL mean.
 */
@NullMarked
package dev.kennel.database.sql;

import org.jspecify.annotations.NullMarked;
