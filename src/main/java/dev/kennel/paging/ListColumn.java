package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * A column that the rows of a listing are read from.
 *
 * @param sql how it is selected; one that is computed has a name, as {@code a + b AS c}
 * @param field the field that shows it, which is all that it is read for, or null if it
 * is needed in any case
 */
public record ListColumn(String sql, @Nullable String field) {

	/**
	 * Makes a column that is always read.
	 * @param sql how it is selected
	 * @return the column
	 */
	public static ListColumn always(String sql) {
		return new ListColumn(sql, null);
	}

	/**
	 * Makes a column that is read for a field.
	 * @param sql how it is selected
	 * @param field the field's name; an operation that does not have it anywhere does not
	 * read the column, which is null then
	 * @return the column
	 */
	public static ListColumn shown(String sql, String field) {
		return new ListColumn(sql, field);
	}

	String name() {
		return this.sql.substring(this.sql.lastIndexOf(' ') + 1);
	}

}
