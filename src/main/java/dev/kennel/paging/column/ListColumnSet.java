package dev.kennel.paging.column;

import java.util.ArrayList;
import java.util.List;

/**
 * The columns that the rows of a list are read from. Each has a number, by which a
 * {@link ListRow} reads it.
 */
public final class ListColumnSet {

	private final List<ListColumn> columns = new ArrayList<>();

	/**
	 * Adds a column that is always read.
	 * @param sql the select item; a computed one has an alias, as {@code a + b AS c}
	 * @return the number of the column
	 */
	public int always(String sql) {
		return add(new ListColumn(sql, null));
	}

	/**
	 * Adds a column that is read if an operation selects a field.
	 * @param sql the select item; a computed one has an alias, as {@code a + b AS c}
	 * @param field the name of the field; if an operation selects it nowhere, the column
	 * is not read, and is null
	 * @return the number of the column
	 */
	public int forField(String sql, String field) {
		return add(new ListColumn(sql, field));
	}

	private int add(ListColumn column) {
		this.columns.add(column);
		return this.columns.size();
	}

	/** Returns the columns, in the order of their numbers. */
	public List<ListColumn> toList() {
		return List.copyOf(this.columns);
	}

}
