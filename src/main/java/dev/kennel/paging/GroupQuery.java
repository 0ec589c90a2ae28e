package dev.kennel.paging;

/**
 * A query for the numbers of rows in groups.
 *
 * @param grouping how the rows are grouped
 * @param filter the filter of the rows
 * @param size the maximum number of groups
 */
record GroupQuery(Grouping grouping, Filter filter, int size) {
}
