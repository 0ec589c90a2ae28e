package dev.kennel.paging;

import dev.kennel.paging.filter.Filter;

/**
 * A query for the numbers of rows in groups.
 *
 * @param grouping how the rows are grouped
 * @param filter the filter of the rows
 * @param size the maximum number of groups
 */
record GroupQuery(Grouping grouping, Filter filter, int size) {
}
