/**
 * The change feed: everything that changes in an account's owners and dogs, in the order
 * of the commits, for streams that follow it.
 */
@NullMarked
package dev.kennel.change;

import org.jspecify.annotations.NullMarked;
