package dev.kennel.write;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.database.sql.UuidArray;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The columns of the rows that are inserted into a table. The statements for one row, for
 * the rows of one account, and for rows of several accounts follow from the list, and so
 * do their parameters: a further column is one entry.
 *
 * @param <T> the type of the rows
 */
public final class InsertColumns<T extends NewNode> {

	private final String table;

	private final List<Column<T>> columns;

	/**
	 * Creates the columns of a table.
	 * @param table the table, which also has the columns {@code user_id}, {@code id},
	 * {@code created_at} and {@code updated_at}
	 * @param columns its own columns
	 */
	public InsertColumns(String table, List<Column<T>> columns) {
		this.table = table;
		this.columns = Stream
			.concat(Stream.<Column<T>>of(new Column<>("user_id", "uuid", (row) -> row.account().value()),
					new Column<>("id", "uuid", (row) -> row.row().id()),
					new Column<>("created_at", "timestamptz", (row) -> row.row().createdAt())), columns.stream())
			.toList();
	}

	/**
	 * A column.
	 *
	 * @param <T> the type of the rows
	 * @param name the name of the column
	 * @param type the type in PostgreSQL
	 * @param value returns the value of a row
	 */
	public record Column<T>(String name, String type, Function<T, @Nullable Object> value) {
	}

	private String each(Function<Column<T>, String> text) {
		return this.columns.stream().map(text).collect(Collectors.joining(", "));
	}

	private String insertInto() {
		return "INSERT INTO " + this.table + " (" + each(Column::name) + ", updated_at) ";
	}

	private String insertFrom(String source) {
		// The account of the version: one parameter decides on the shard.
		return insertInto() + "SELECT "
				+ each((column) -> (column.name().equals("user_id") ? "version." : "created.") + column.name())
				+ ", created.created_at FROM version, " + source + " AS created (" + each(Column::name) + ") ";
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that inserts one row.
	 * @return the statement, to be followed by {@code RETURNING}
	 */
	public String insertOne() {
		return insertFrom("(SELECT " + each((column) -> "?::" + column.type()) + ")");
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that inserts rows of one account.
	 * @return the statement, to be followed by {@code RETURNING}
	 */
	public String insertMany() {
		return insertFrom("unnest(" + each((column) -> "?::" + column.type() + "[]") + ")");
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that inserts a row for each of
	 * several accounts.
	 * @return the statement, to be followed by {@code RETURNING}
	 */
	String insertForAccounts() {
		return insertInto() + "SELECT " + each(Column::name) + ", created_at FROM version ";
	}

	/** Returns the columns of the statement for several accounts. */
	List<ChangeStatement.Column> statementColumns() {
		return this.columns.stream().map((column) -> new ChangeStatement.Column(column.name(), column.type())).toList();
	}

	/**
	 * Returns the parameters of {@link #insertOne()}.
	 * @param row the row
	 * @return the value of each column
	 */
	public List<@Nullable Object> parameters(T row) {
		List<@Nullable Object> values = new ArrayList<>(this.columns.size());
		this.columns.forEach((column) -> values.add(column.value().apply(row)));
		return values;
	}

	/**
	 * Returns the parameters of {@link #insertMany()}.
	 * @param rows the rows
	 * @return an array of the values of each column
	 */
	public List<Object> arrays(List<T> rows) {
		return this.columns.stream().map((column) -> array(column, rows)).toList();
	}

	// A null element is NULL.
	@SuppressWarnings("NullAway")
	private static <T> Object array(Column<T> column, List<T> rows) {
		return column.type().equals("uuid")
				? new UuidArray(rows.stream().map((row) -> (UUID) column.value().apply(row)).toList())
				: new SqlArrayValue(column.type(), rows.stream().map(column.value()).toArray());
	}

}
