package dev.kennel.write;

import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.kennel.database.sql.UuidArray;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.ArgumentValue;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The columns of a table of nodes. The statements for one node, for nodes of one account,
 * and for nodes of several accounts follow from them, and so do the assignments of
 * updates, and all parameters: a further column is one entry.
 *
 * @param <T> the type of the nodes
 * @param <U> the input of an update: an omitted member leaves the column unchanged, and
 * null makes it NULL
 */
public final class NodeColumns<T, U> {

	private final String table;

	/** Also those that every table of nodes has, except {@code updated_at}. */
	private final List<Column<T>> columns = new ArrayList<>();

	private final List<Assignment<U, ?>> assignments = new ArrayList<>();

	/** Excludes nodes of several accounts that can't be inserted. */
	private String condition = "";

	/**
	 * Creates the columns {@code user_id}, {@code id}, {@code created_at} and
	 * {@code updated_at}, which every table of nodes has.
	 * @param table the table
	 * @param id returns the id of a node
	 */
	public NodeColumns(String table, Function<T, NodeId> id) {
		this.table = table;
		this.columns.add(new Column<>("user_id", "uuid", (created) -> created.account().value()));
		this.columns.add(new Column<>("id", "uuid", (created) -> id.apply(created.node()).uuid()));
		this.columns.add(new Column<>("created_at", "timestamptz", (created) -> id.apply(created.node()).createdAt()));
	}

	/**
	 * Adds a column with the parent of a node, which has the same account.
	 * @param name the name of the column
	 * @param kind the kind of the parent
	 * @param value returns the value of a new node
	 * @param update returns the value of an update, an id
	 * @return these columns
	 */
	public NodeColumns<T, U> parent(String name, NodeKind kind, Function<T, NodeId> value,
			Function<U, ArgumentValue<String>> update) {
		this.condition += " AND EXISTS (SELECT FROM %1$s WHERE %1$s.user_id = input.user_id AND %1$s.id = input.%2$s)"
			.formatted(Quota.of(kind).key(), name);
		return add(name, "uuid", Types.OTHER, (node) -> value.apply(node).uuid(), update, kind::uuid);
	}

	/**
	 * Adds a column with a text.
	 * @param name the name of the column
	 * @param value returns the value of a new node
	 * @param update returns the value of an update
	 * @return these columns
	 */
	public NodeColumns<T, U> text(String name, Function<T, @Nullable String> value,
			Function<U, ArgumentValue<String>> update) {
		return add(name, "text", Types.VARCHAR, (node) -> value.apply(node), update, (text) -> text);
	}

	/**
	 * Adds a column with a text, and one with its key, by which nodes are sorted and
	 * filtered without regard to case.
	 * @param name the name of the column; that of the key ends with {@code _key}
	 * @param value returns the value of a new node
	 * @param update returns the value of an update
	 * @return these columns
	 */
	public NodeColumns<T, U> textWithKey(String name, Function<T, @Nullable String> value,
			Function<U, ArgumentValue<String>> update) {
		return text(name, value, update).add(name + "_key", "text", Types.VARCHAR,
				(node) -> CaseFolding.keyOrNull(value.apply(node)), update, CaseFolding::key);
	}

	/**
	 * Adds a column with a date.
	 * @param name the name of the column
	 * @param value returns the value of a new node
	 * @param update returns the value of an update
	 * @return these columns
	 */
	public NodeColumns<T, U> date(String name, Function<T, @Nullable LocalDate> value,
			Function<U, ArgumentValue<LocalDate>> update) {
		return add(name, "date", Types.DATE, (node) -> value.apply(node), update, (date) -> date);
	}

	private <V> NodeColumns<T, U> add(String name, String type, int sqlType, Function<T, @Nullable Object> value,
			Function<U, ArgumentValue<V>> update, Function<V, Object> parameter) {
		this.columns.add(new Column<>(name, type, (created) -> value.apply(created.node())));
		if (this.assignments.size() == Integer.SIZE) {
			throw new IllegalStateException("A bit set of assigned columns has no room for more");
		}
		this.assignments.add(new Assignment<>(name, update, parameter, new SqlParameterValue(sqlType, null)));
		return this;
	}

	/** Returns whether an update assigns any column. */
	boolean isAnyAssigned(U input) {
		for (Assignment<U, ?> assignment : this.assignments) {
			if (assignment.isIn(input)) {
				return true;
			}
		}
		return false;
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
	 * Returns the part of a {@link ChangeStatement} that inserts one node, to be followed
	 * by {@code RETURNING}.
	 */
	String insertOne() {
		return insertFrom("(SELECT " + each((column) -> "?::" + column.type()) + ")");
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that inserts nodes of one account, to
	 * be followed by {@code RETURNING}.
	 */
	String insertMany() {
		return insertFrom("unnest(" + each((column) -> "?::" + column.type() + "[]") + ")");
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that inserts a node for each of
	 * several accounts, to be followed by {@code RETURNING}.
	 */
	String insertForAccounts() {
		return insertInto() + "SELECT " + each(Column::name) + ", created_at FROM version ";
	}

	/** Returns the columns of the statement for several accounts. */
	List<ChangeStatement.Column> statementColumns() {
		return this.columns.stream().map((column) -> new ChangeStatement.Column(column.name(), column.type())).toList();
	}

	/** Returns the condition of the statement for several accounts, or an empty text. */
	String condition() {
		return this.condition;
	}

	/** Returns the parameters of {@link #insertOne()}: the value of each column. */
	List<@Nullable Object> parameters(NewNode<T> node) {
		List<@Nullable Object> values = new ArrayList<>(this.columns.size());
		this.columns.forEach((column) -> values.add(column.value().apply(node)));
		return values;
	}

	/**
	 * Returns the parameters of {@link #insertMany()}: an array of the values of each
	 * column.
	 */
	List<Object> arrays(List<NewNode<T>> nodes) {
		return this.columns.stream().map((column) -> array(column, nodes)).toList();
	}

	// A null element is NULL.
	@SuppressWarnings("NullAway")
	private static <T> Object array(Column<T> column, List<NewNode<T>> nodes) {
		return column.type().equals("uuid")
				? new UuidArray(nodes.stream().map((node) -> (UUID) column.value().apply(node)).toList())
				: new SqlArrayValue(column.type(), nodes.stream().map(column.value()).toArray());
	}

	/**
	 * Returns the part of a {@link ChangeStatement} that updates a node, to be followed
	 * by {@code RETURNING}. Its parameters are those of the assigned columns, the time of
	 * the update, the account, and the id.
	 * @param assigned the assigned columns, by {@link #assign}
	 */
	String update(int assigned) {
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < this.assignments.size(); i++) {
			if ((assigned & (1 << i)) != 0) {
				texts.add(this.assignments.get(i).name() + " = ?");
			}
		}
		return "UPDATE %1$s SET %2$s, updated_at = greatest(updated_at, ?) FROM version WHERE %1$s.user_id = ? AND id = ? "
			.formatted(this.table, String.join(", ", texts));
	}

	/**
	 * Adds the parameters of the columns that an update assigns.
	 * @return a bit set of these columns
	 */
	int assign(U input, List<@Nullable Object> parameters) {
		int assigned = 0;
		for (int i = 0; i < this.assignments.size(); i++) {
			Assignment<U, ?> assignment = this.assignments.get(i);
			if (assignment.isIn(input)) {
				assigned |= 1 << i;
				parameters.add(assignment.parameterFor(input));
			}
		}
		return assigned;
	}

	/** Returns the part of a {@link ChangeStatement} that deletes a node. */
	String delete() {
		return "DELETE FROM %1$s USING version WHERE %1$s.user_id = ? AND id = ? ".formatted(this.table);
	}

	/**
	 * A column.
	 *
	 * @param <T> the type of the nodes
	 * @param name the name of the column
	 * @param type the type in PostgreSQL
	 * @param value returns the value of a new node
	 */
	private record Column<T>(String name, String type, Function<NewNode<T>, @Nullable Object> value) {
	}

	/**
	 * The assignment of a column by an update.
	 *
	 * @param <U> the input of the update
	 * @param <V> the type of the member of the input
	 * @param name the name of the column
	 * @param member returns the member of the input
	 * @param parameter returns the parameter for its value
	 * @param nullParameter the parameter for null: PostgreSQL can't infer its type
	 */
	private record Assignment<U, V>(String name, Function<U, ArgumentValue<V>> member, Function<V, Object> parameter,
			SqlParameterValue nullParameter) {

		boolean isIn(U input) {
			return !this.member.apply(input).isOmitted();
		}

		Object parameterFor(U input) {
			V value = this.member.apply(input).value();
			return (value != null) ? this.parameter.apply(value) : this.nullParameter;
		}

	}

}
