/**
 * Loads in batches the keys that the fields of a level request: on threads that may
 * block, or without blocking.
 */
@NullMarked
package dev.kennel.engine.loader;

import org.jspecify.annotations.NullMarked;
