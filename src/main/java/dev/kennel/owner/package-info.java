/** Dog owners, the parents of dogs. */
@NullMarked
package dev.kennel.owner;

import org.jspecify.annotations.NullMarked;
