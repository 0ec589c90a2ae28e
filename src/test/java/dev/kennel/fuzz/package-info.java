/**
 * Random operations, made from the schema and a seed, and what has to be true of any
 * answer.
 */
@NullMarked
package dev.kennel.fuzz;

import org.jspecify.annotations.NullMarked;
