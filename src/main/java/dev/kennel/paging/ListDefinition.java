package dev.kennel.paging;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.kennel.database.JdbcResultRows;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

/**
 * What the lists of one type have in common: its table and how a row is read. A feature
 * declares one as a bean, and has with it the connections, the nested connections and the
 * loading by id of its type.
 *
 * <p>
 * The table's primary key is {@code (user_id, id)}: the account is no part of what a
 * feature declares, but of every statement that is made of it.
 *
 * @param <T> the record that a row is read into
 * @param kind the type
 * @param table the table
 * @param columns the columns that a row is read from, in order
 * @param parent the column with the id of the object that nested lists belong to, or null
 * if there is none
 * @param reader reads a row
 * @param id answers a row's id
 */
public record ListDefinition<T>(NodeKind kind, String table, List<ListColumn> columns, @Nullable String parent,
		RowReader<T> reader, Function<T, NodeId> id) {

	public ListDefinition {
		columns = List.copyOf(columns);
	}

	/**
	 * Answers all columns, for a statement that returns what it has written.
	 * @return as {@code SELECT} and {@code RETURNING} have them
	 */
	public String allColumns() {
		return all().columns();
	}

	/**
	 * Reads a row of all columns.
	 * @param result the result, at the row
	 * @return what the row holds
	 * @throws SQLException if a column can't be read
	 */
	public T read(ResultSet result) throws SQLException {
		return this.reader.read(new ListRow(new JdbcResultRows(result), all()));
	}

	ColumnSelection all() {
		return select((field) -> true);
	}

	/** The columns for an operation that shows some of the fields. */
	ColumnSelection select(Predicate<String> shown) {
		return ColumnSelection.of(this.columns, shown);
	}

	/** The number of the column with the parent's id. */
	int parentColumn() {
		return this.columns.stream().map(ListColumn::name).toList().indexOf(this.parent) + 1;
	}

	String connectionTypeName() {
		return this.kind.typeName() + "Connection";
	}

	/** What tells a cursor of this list from one of another. */
	byte tag() {
		return (byte) this.kind.prefix().charAt(0);
	}

	/**
	 * Reads the row that a result stands at.
	 *
	 * @param <T> what a row is read into
	 */
	@FunctionalInterface
	public interface RowReader<T> {

		/**
		 * Reads the columns of the listing.
		 * @param row the row
		 * @return what the row holds
		 * @throws SQLException if a column can't be read
		 */
		T read(ListRow row) throws SQLException;

	}

}
