package dev.kennel.paging;

/**
 * The column that a list is sorted by, before the id breaks ties.
 *
 * @param name the column's name
 * @param type what it holds
 * @param nullable whether it may be null; rows where it is come last, in both directions
 */
public record SortColumn(String name, SortType type, boolean nullable) {
}
