/**
 * What a text may be: normalization, case folding, and the constraints of texts that a
 * client sends.
 */
@NullMarked
package dev.kennel.text;

import org.jspecify.annotations.NullMarked;
