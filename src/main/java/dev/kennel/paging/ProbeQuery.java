package dev.kennel.paging;

/**
 * Whether a list goes on at a cursor, on the side that a page does not show.
 *
 * @param order the list's order
 * @param filter which rows are in the list
 * @param cursor the place, whose own row counts
 * @param towardsEnd whether rows after the place are meant, or rows before it
 */
record ProbeQuery(Order order, Filter filter, Cursor cursor, boolean towardsEnd) {
}
