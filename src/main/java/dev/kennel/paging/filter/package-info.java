/**
 * Filters of lists: the input types, and the SQL conditions that they become.
 */
@NullMarked
package dev.kennel.paging.filter;

import org.jspecify.annotations.NullMarked;
