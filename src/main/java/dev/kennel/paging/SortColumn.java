package dev.kennel.paging;

/**
 * The column by which a list is sorted, with the id as the tie-breaker.
 *
 * @param name the name of the column
 * @param type the type of the column
 * @param nullable whether it may be null; nulls are last in both directions
 */
public record SortColumn(String name, SortType type, boolean nullable) {
}
