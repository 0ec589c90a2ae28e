/**
 * Orders of lists: their columns, directions and types.
 */
@NullMarked
package dev.kennel.paging.order;

import org.jspecify.annotations.NullMarked;
