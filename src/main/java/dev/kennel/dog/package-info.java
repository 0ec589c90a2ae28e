/** Dogs, each of which belongs to an owner. */
@NullMarked
package dev.kennel.dog;

import org.jspecify.annotations.NullMarked;
