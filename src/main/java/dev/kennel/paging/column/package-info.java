/**
 * The columns of lists: which of them an operation selects, and the rows that have them.
 */
@NullMarked
package dev.kennel.paging.column;

import org.jspecify.annotations.NullMarked;
