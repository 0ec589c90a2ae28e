package dev.kennel.paging;

import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.Order;

/**
 * A query for whether there are rows at a cursor or beyond, on the side that a page does
 * not include.
 *
 * @param order the order of the list
 * @param filter the filter of the list
 * @param cursor the cursor, whose own row counts
 * @param towardsEnd whether rows after the cursor count, or rows before it
 */
record HasMoreQuery(Order order, Filter filter, Cursor cursor, boolean towardsEnd) {
}
