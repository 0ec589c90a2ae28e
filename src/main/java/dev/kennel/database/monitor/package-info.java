/**
 * Whether the database responds, and the gauges that are read from it.
 */
@NullMarked
package dev.kennel.database.monitor;

import org.jspecify.annotations.NullMarked;
