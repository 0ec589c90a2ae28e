/**
 * Migrations of the database, by Flyway: at the start of the service, or by a process of
 * their own.
 */
@NullMarked
package dev.kennel.database.migration;

import org.jspecify.annotations.NullMarked;
