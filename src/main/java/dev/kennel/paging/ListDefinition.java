package dev.kennel.paging;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.kennel.database.sql.JdbcResultRows;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.column.ColumnSelection;
import dev.kennel.paging.column.ListColumn;
import dev.kennel.paging.column.ListColumnSet;
import dev.kennel.paging.column.ListRow;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.RowMapper;

/**
 * The definition of the lists of one type: its table and the mapping of its rows. A
 * feature declares one as a bean, which provides the connections, the nested connections
 * and the loading by id of its type.
 *
 * <p>
 * The primary key of the table is {@code (user_id, id)}. The account is no part of the
 * definition, but of every statement that is derived from it.
 *
 * @param <T> the record that a row is mapped to
 * @param name the name of the list, which its connection type begins with, and whose
 * first letter distinguishes its cursors from those of other lists
 * @param kind the kind of the nodes, or null if they are of several kinds and are not
 * loaded by id from this list
 * @param table the table, or a subquery with an alias
 * @param columns the columns that a row is read from, in order
 * @param parent the column with the id of the parent of nested lists, or null if there is
 * none
 * @param reader maps a row
 * @param id returns the id of a row
 */
public record ListDefinition<T>(String name, @Nullable NodeKind kind, String table, List<ListColumn> columns,
		@Nullable String parent, RowReader<T> reader, Function<T, NodeId> id) {

	public ListDefinition {
		columns = List.copyOf(columns);
	}

	/**
	 * Creates the definition of the lists of one kind of nodes.
	 * @param kind the kind of the nodes
	 * @param table the table
	 * @param columns the columns that a row is read from
	 * @param parent the column with the id of the parent of nested lists, or null if
	 * there is none
	 * @param reader maps a row
	 * @param id returns the id of a row
	 */
	public ListDefinition(NodeKind kind, String table, ListColumnSet columns, @Nullable String parent,
			RowReader<T> reader, Function<T, NodeId> id) {
		this(kind.typeName(), kind, table, columns.toList(), parent, reader, id);
	}

	/**
	 * Returns all columns, for a statement that returns the rows that it writes.
	 * @return the columns, as in {@code SELECT} and {@code RETURNING}
	 */
	public String allColumns() {
		return all().columns();
	}

	/**
	 * Returns the mapper of rows of all columns.
	 * @return the mapper; callers keep it, since each call selects the columns anew
	 */
	public RowMapper<T> rowMapper() {
		ColumnSelection all = all();
		return (result, number) -> this.reader.read(new ListRow(new JdbcResultRows(result), all));
	}

	ColumnSelection all() {
		return select((field) -> true);
	}

	/** Returns the columns for an operation that selects some of the fields. */
	ColumnSelection select(Predicate<String> isSelected) {
		return ColumnSelection.of(this.columns, isSelected);
	}

	/**
	 * Returns the number of a column, as {@link ListColumnSet} has returned it.
	 * @param column its name, or alias
	 * @return the number, from 1
	 */
	public int number(String column) {
		int index = this.columns.stream().map(ListColumn::name).toList().indexOf(column);
		if (index < 0) {
			throw new IllegalArgumentException("There is no column " + column);
		}
		return index + 1;
	}

	String connectionTypeName() {
		return this.name + "Connection";
	}

	/** Returns the byte that distinguishes cursors of this list from those of others. */
	byte tag() {
		return (byte) Character.toLowerCase(this.name.charAt(0));
	}

	/**
	 * Maps the row at which a result is positioned.
	 *
	 * @param <T> the type that a row is mapped to
	 */
	@FunctionalInterface
	public interface RowReader<T> {

		/**
		 * Maps a row.
		 * @param row the row
		 * @return the record
		 * @throws SQLException if a column can't be read
		 */
		T read(ListRow row) throws SQLException;

	}

}
