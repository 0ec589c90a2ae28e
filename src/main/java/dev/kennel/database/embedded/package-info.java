/**
 * The embedded PostgreSQL, for a service without a configured database, and its data
 * directory.
 */
@NullMarked
package dev.kennel.database.embedded;

import org.jspecify.annotations.NullMarked;
