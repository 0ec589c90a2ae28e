package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * Which page of a list is meant: all that a field's arguments say.
 *
 * @param order the list's order
 * @param filter which rows are in the list
 * @param size the most rows that the page may have
 * @param backward whether the page is the last rows between the cursors, instead of the
 * first
 * @param after the place that the page's rows come after, or null for the list's
 * beginning
 * @param before the place that the page's rows come before, or null for the list's end
 */
record PageQuery(Order order, Filter filter, int size, boolean backward, @Nullable Cursor after,
		@Nullable Cursor before) {
}
