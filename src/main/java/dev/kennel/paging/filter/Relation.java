package dev.kennel.paging.filter;

/**
 * The relation of a list to another one of the same account, for filters.
 *
 * @param table the table of the related rows
 * @param column the join column of the related rows: {@code owner_id}
 * @param reference the join column of the list, with its table: {@code owners.id}
 */
public record Relation(String table, String column, String reference) {
}
