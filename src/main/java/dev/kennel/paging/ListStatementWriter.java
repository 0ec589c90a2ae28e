package dev.kennel.paging;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.paging.ListStatement.Parameter;
import dev.kennel.paging.column.ColumnSelection;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.SortColumn;
import org.jspecify.annotations.Nullable;

/**
 * Writes the SQL statements of one list definition. The text of each shape is built once,
 * so that the driver finds the statement prepared. Every part of a statement is
 * restricted to one account: there is no way to get one that is not.
 */
final class ListStatementWriter {

	/**
	 * More than the operations of a frontend need. With more shapes, all are forgotten:
	 * filters can be nested in any number of ways, and the shapes in use are soon written
	 * again.
	 */
	private static final int CACHED_SHAPES = 2_000;

	/**
	 * The maximum length of the condition of a cached statement. To write that of a
	 * larger filter costs nothing beside its scan.
	 */
	private static final int CACHED_CONDITION_LENGTH = 500;

	private final Map<Shape, ListStatement> statements = new ConcurrentHashMap<>();

	private final ListDefinition<?> definition;

	ListStatementWriter(ListDefinition<?> definition) {
		this.definition = definition;
	}

	/**
	 * Returns the statement for the rows of a page: of one list, or of one for each
	 * parent, whose id is in each row.
	 */
	ListStatement page(PageQuery query, ColumnSelection columns, boolean nested) {
		Order order = query.order();
		return get(columns,
				new Shape(Kind.PAGE, columns.key(), nested, order, query.filter().sql(), query.backward(),
						(query.after() != null) ? SortPartition.of(query.after(), order) : null,
						(query.before() != null) ? SortPartition.of(query.before(), order) : null));
	}

	/**
	 * Returns the statement for the number of rows: in one list, or in the list of each
	 * parent that has any, preceded by the id of the parent.
	 */
	ListStatement count(Filter filter, boolean nested) {
		return get(this.definition.all(), new Shape(Kind.COUNT, 0, nested, null, filter.sql(), false, null, null));
	}

	/**
	 * Returns the statement for the numbers of rows in groups: rows of the value of a
	 * group and its number of rows, the largest group first.
	 */
	ListStatement countGroups(Grouping grouping, Filter filter) {
		ListStatement.Builder sql = new ListStatement.Builder()
			.append("SELECT " + grouping.value() + ", count(*) FROM " + this.definition.table() + " WHERE user_id = ?")
			.parameter(Parameter.ACCOUNT);
		writeCondition(sql, filter.sql());
		return sql
			.append(" GROUP BY " + grouping.column() + " ORDER BY count(*) DESC, " + grouping.column() + " LIMIT ?")
			.parameter(Parameter.LIMIT)
			.build(StatementLane.SCAN);
	}

	/**
	 * Returns the statement for whether there are rows at a cursor or beyond: one row if
	 * so, or the id of each parent for which it is so.
	 */
	ListStatement hasMore(HasMoreQuery query, boolean nested) {
		SortPartition partition = SortPartition.of(query.cursor(), query.order());
		return get(this.definition.all(), new Shape(Kind.HAS_MORE, 0, nested, query.order(), query.filter().sql(),
				false, query.towardsEnd() ? partition : null, query.towardsEnd() ? null : partition));
	}

	/** Returns the statement for the rows with the ids, in no order. */
	ListStatement byIds(ColumnSelection columns) {
		return get(columns, new Shape(Kind.BY_IDS, columns.key(), false, null, "", false, null, null));
	}

	private ListStatement get(ColumnSelection columns, Shape shape) {
		ListStatement cached = this.statements.get(shape);
		if (cached != null) {
			return cached;
		}
		ListStatement written = switch (shape.kind()) {
			case PAGE -> writePage(columns, shape);
			case COUNT -> writeCount(shape);
			case HAS_MORE -> writeHasMore(shape);
			case BY_IDS -> writeByIds(columns);
		};
		if (shape.condition().length() <= CACHED_CONDITION_LENGTH) {
			if (this.statements.size() >= CACHED_SHAPES) {
				this.statements.clear();
			}
			this.statements.put(shape, written);
		}
		return written;
	}

	private ListStatement writePage(ColumnSelection columns, Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			// PostgreSQL can join such a subquery only by a nested loop over the parents,
			// so that the rows of each parent come together, and in order.
			sql.append("SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (").parameter(Parameter.IDS);
		}
		List<SortPartition> partitions = SortPartition.of(shape.requiredOrder()).stream().filter(shape::reads).toList();
		switch (partitions.size()) {
			case 0 -> writeEmpty(sql, columns, shape);
			case 1 -> writeRows(sql, columns, shape, partitions.getFirst());
			default -> writePartitions(sql, columns, shape, partitions);
		}
		return sql.append(shape.nested() ? ") AS c" : "").build(shape.lane());
	}

	/** The cursors are in the wrong order, so that no partition lies between them. */
	private void writeEmpty(ListStatement.Builder sql, ColumnSelection columns, Shape shape) {
		sql.append("SELECT " + columns.columns() + shape.sortValue());
		writeFrom(sql, shape);
		sql.append(" AND false");
	}

	private void writePartitions(ListStatement.Builder sql, ColumnSelection columns, Shape shape,
			List<SortPartition> partitions) {
		String separator = "";
		sql.append("SELECT " + columns.names() + ", sort_value FROM (");
		for (SortPartition partition : partitions) {
			sql.append(separator + "SELECT s.*, " + partition.position() + " AS segment FROM (");
			writeRows(sql, columns, shape, partition);
			sql.append(") AS s");
			separator = " UNION ALL ";
		}
		// At most a page of each partition is sorted here.
		sql.append(") AS u ORDER BY segment" + (shape.backward() ? " DESC" : "") + ", " + shape.orderBy("sort_value")
				+ " LIMIT ?")
			.parameter(Parameter.LIMIT);
	}

	private void writeRows(ListStatement.Builder sql, ColumnSelection columns, Shape shape, SortPartition partition) {
		sql.append("SELECT " + columns.columns() + shape.sortValue());
		writeFrom(sql, shape);
		writePartition(sql, shape, partition);
		writeBounds(sql, shape, partition, "");
		sql.append(" ORDER BY " + shape.orderBy(shape.sortColumn("")) + " LIMIT ?").parameter(Parameter.LIMIT);
	}

	private ListStatement writeCount(Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			sql.append("SELECT " + parentColumn() + ", count(*) FROM " + this.definition.table()
					+ " WHERE user_id = ? AND " + parentColumn() + " = ANY (?)")
				.parameter(Parameter.ACCOUNT, Parameter.IDS);
			writeCondition(sql, shape.condition());
			return sql.append(" GROUP BY " + parentColumn()).build(StatementLane.SCAN);
		}
		sql.append("SELECT count(*)");
		writeFrom(sql, shape);
		return sql.build(StatementLane.SCAN);
	}

	private ListStatement writeHasMore(Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			sql.append("SELECT p.id FROM unnest(?::uuid[]) AS p (id) WHERE ").parameter(Parameter.IDS);
		}
		else {
			sql.append("SELECT 1 WHERE ");
		}
		String separator = "";
		for (SortPartition partition : SortPartition.of(shape.requiredOrder())) {
			if (shape.reads(partition)) {
				sql.append(separator + "EXISTS (SELECT 1");
				writeFrom(sql, shape);
				writePartition(sql, shape, partition);
				writeBounds(sql, shape, partition, "=");
				sql.append(")");
				separator = " OR ";
			}
		}
		return sql.build(shape.lane());
	}

	private ListStatement writeByIds(ColumnSelection columns) {
		return new ListStatement.Builder()
			.append("SELECT " + columns.columns() + " FROM " + this.definition.table()
					+ " WHERE user_id = ? AND id = ANY (?)")
			.parameter(Parameter.ACCOUNT, Parameter.IDS)
			.build(StatementLane.SHORT);
	}

	private void writeFrom(ListStatement.Builder sql, Shape shape) {
		sql.append(" FROM " + this.definition.table() + " WHERE user_id = ?").parameter(Parameter.ACCOUNT);
		if (shape.nested()) {
			sql.append(" AND " + parentColumn() + " = p.id");
		}
		writeCondition(sql, shape.condition());
	}

	private static void writeCondition(ListStatement.Builder sql, String condition) {
		if (!condition.isEmpty()) {
			sql.append(" AND " + condition).parameter(Parameter.CONDITIONS);
		}
	}

	private static void writePartition(ListStatement.Builder sql, Shape shape, SortPartition partition) {
		switch (partition) {
			case WHOLE -> {
			}
			case VALUES -> sql.append(" AND" + shape.sortColumn(" ") + " IS NOT NULL");
			case NULLS -> sql.append(" AND" + shape.sortColumn(" ") + " IS NULL");
		}
	}

	private static void writeBounds(ListStatement.Builder sql, Shape shape, SortPartition partition, String orEqual) {
		boolean descending = shape.requiredOrder().descending();
		if (shape.after() == partition) {
			writeBound(sql, shape, partition, (descending ? "<" : ">") + orEqual, Parameter.AFTER_VALUE,
					Parameter.AFTER_ID);
		}
		if (shape.before() == partition) {
			writeBound(sql, shape, partition, (descending ? ">" : "<") + orEqual, Parameter.BEFORE_VALUE,
					Parameter.BEFORE_ID);
		}
	}

	private static void writeBound(ListStatement.Builder sql, Shape shape, SortPartition partition, String operator,
			Parameter value, Parameter id) {
		if (partition == SortPartition.NULLS || shape.requiredOrder().field().column() == null) {
			sql.append(" AND id " + operator + " ?").parameter(id);
		}
		else {
			sql.append(" AND (" + shape.sortColumn("") + ", id) " + operator + " (?, ?)").parameter(value, id);
		}
	}

	private String parentColumn() {
		String parentColumn = this.definition.parent();
		if (parentColumn == null) {
			throw new IllegalStateException(this.definition.table() + " belongs to no parent");
		}
		return parentColumn;
	}

	private enum Kind {

		PAGE, COUNT, HAS_MORE, BY_IDS

	}

	/** Everything that the text of a statement depends on. */
	private record Shape(Kind kind, int columns, boolean nested, @Nullable Order order, String condition,
			boolean backward, @Nullable SortPartition after, @Nullable SortPartition before) {

		Order requiredOrder() {
			if (this.order == null) {
				throw new IllegalStateException(this.kind + " has no order");
			}
			return this.order;
		}

		/**
		 * Without a condition, a page is a range of an index, or reads the rows of a few
		 * parents. With one, or without an index, the statement may have to read all
		 * rows.
		 */
		StatementLane lane() {
			SortColumn column = requiredOrder().field().column();
			boolean ranges = this.nested || column == null || column.indexed();
			return (this.condition.isEmpty() && ranges) ? StatementLane.SHORT : StatementLane.SCAN;
		}

		/** Returns whether rows of a partition can lie between the cursors. */
		boolean reads(SortPartition partition) {
			return (this.after == null || partition.compareTo(this.after) >= 0)
					&& (this.before == null || partition.compareTo(this.before) <= 0);
		}

		/**
		 * Returns the name of the sort column after a separator, or an empty text if
		 * there is no sort column.
		 */
		String sortColumn(String separator) {
			SortColumn column = requiredOrder().field().column();
			return (column != null) ? separator + column.name() : "";
		}

		/** Returns the select item for the value that a cursor carries. */
		String sortValue() {
			String column = sortColumn(", ");
			return column.isEmpty() ? "" : column + " AS sort_value";
		}

		String orderBy(String sortColumn) {
			String direction = (requiredOrder().descending() != this.backward) ? " DESC" : "";
			return (sortColumn.isEmpty() ? "" : sortColumn + direction + ", ") + "id" + direction;
		}

	}

}
