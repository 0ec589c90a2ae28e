package dev.kennel.paging;

import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.Order;
import org.jspecify.annotations.Nullable;

/**
 * A query for a page: the validated arguments of a list field.
 *
 * @param order the order of the list
 * @param filter the filter of the list
 * @param size the maximum number of rows
 * @param backward whether the page has the last rows between the cursors, instead of the
 * first
 * @param after the cursor that the rows come after, or null for the start of the list
 * @param before the cursor that the rows come before, or null for the end of the list
 */
record PageQuery(Order order, Filter filter, int size, boolean backward, @Nullable Cursor after,
		@Nullable Cursor before) {
}
