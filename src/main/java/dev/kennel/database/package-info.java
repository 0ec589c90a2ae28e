/**
 * What every feature needs of the store: whose rows a statement may touch, the embedded
 * PostgreSQL, the keys that text is compared by.
 */
@NullMarked
package dev.kennel.database;

import org.jspecify.annotations.NullMarked;
