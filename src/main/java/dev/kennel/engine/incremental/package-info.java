/**
 * The formats of incremental delivery, and their payloads.
 */
@NullMarked
package dev.kennel.engine.incremental;

import org.jspecify.annotations.NullMarked;
