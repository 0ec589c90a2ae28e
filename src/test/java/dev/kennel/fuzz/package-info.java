/**
 * Random operations, generated from the schema and a seed, and the validation of their
 * responses.
 */
@NullMarked
package dev.kennel.fuzz;

import org.jspecify.annotations.NullMarked;
