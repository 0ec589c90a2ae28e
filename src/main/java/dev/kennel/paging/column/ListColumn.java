package dev.kennel.paging.column;

import org.jspecify.annotations.Nullable;

/**
 * A column of a list definition.
 *
 * @param sql the select item; a computed one has an alias, as {@code a + b AS c}
 * @param field the field that exposes the column, without which it is not read, or null
 * if it is always read
 */
public record ListColumn(String sql, @Nullable String field) {

	/** Returns the name of the column in a result. */
	public String name() {
		return this.sql.substring(this.sql.lastIndexOf(' ') + 1);
	}

}
