/** Dog owners: what a user adds, and what dogs belong to. */
@NullMarked
package dev.kennel.owner;

import org.jspecify.annotations.NullMarked;
