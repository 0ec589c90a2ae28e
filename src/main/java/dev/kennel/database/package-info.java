/**
 * Connections to PostgreSQL by JDBC: the pool, the deadlines and the eviction of its
 * connections, poolers before the database, and connections outside of the pool.
 */
@NullMarked
package dev.kennel.database;

import org.jspecify.annotations.NullMarked;
