/**
 * Access to PostgreSQL: connections, transactions, deadlines of statements,
 * notifications, migrations, meters, and the embedded server.
 */
@NullMarked
package dev.kennel.database;

import org.jspecify.annotations.NullMarked;
