/**
 * Unicode normalization, case folding, encodings, and Bean Validation constraints of
 * input.
 */
@NullMarked
package dev.kennel.text;

import org.jspecify.annotations.NullMarked;
