/**
 * Access to PostgreSQL by JDBC: the connection pool, deadlines and eviction of its
 * connections, migrations, and whether the database responds.
 */
@NullMarked
package dev.kennel.database;

import org.jspecify.annotations.NullMarked;
