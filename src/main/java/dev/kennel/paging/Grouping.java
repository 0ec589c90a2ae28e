package dev.kennel.paging;

/**
 * How the rows of a list are grouped.
 *
 * @param column the column whose value is the same for all rows of a group
 * @param value the select item for the value of a group, an aggregate of text
 */
public record Grouping(String column, String value) {
}
