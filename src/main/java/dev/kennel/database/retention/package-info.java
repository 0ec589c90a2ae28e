/**
 * Deletion of rows whose retention is over: in batches, by one instance at a time.
 */
@NullMarked
package dev.kennel.database.retention;

import org.jspecify.annotations.NullMarked;
