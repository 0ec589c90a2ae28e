package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * A column of a list definition.
 *
 * @param sql the select item; a computed one has an alias, as {@code a + b AS c}
 * @param field the field that exposes the column, without which it is not read, or null
 * if it is always read
 */
public record ListColumn(String sql, @Nullable String field) {

	/**
	 * Creates a column that is always read.
	 * @param sql the select item
	 * @return the column
	 */
	public static ListColumn always(String sql) {
		return new ListColumn(sql, null);
	}

	/**
	 * Creates a column that is read if an operation selects a field.
	 * @param sql the select item
	 * @param field the name of the field; if an operation selects it nowhere, the column
	 * is not read, and is null
	 * @return the column
	 */
	public static ListColumn forField(String sql, String field) {
		return new ListColumn(sql, field);
	}

	String name() {
		return this.sql.substring(this.sql.lastIndexOf(' ') + 1);
	}

}
