package dev.kennel.paging;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.paging.ListStatement.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statements that read one listing. Each text is made once for its shape, so
 * that the driver finds the statement prepared. Each is for one account, in every part of
 * it: there is no way to get one that is not.
 */
final class ListStatementWriter {

	/**
	 * More than a frontend's operations have. Whoever sends further ones has theirs
	 * written anew, and fills no memory.
	 */
	private static final int CACHED_SHAPES = 2_000;

	private final Map<Shape, ListStatement> statements = new ConcurrentHashMap<>();

	private final ListDefinition<?> listing;

	ListStatementWriter(ListDefinition<?> listing) {
		this.listing = listing;
	}

	/**
	 * The rows of a page: of one list, or of one for each parent, whose id each row has.
	 */
	ListStatement page(PageQuery query, ColumnSelection columns, boolean nested) {
		Order order = query.order();
		return get(columns,
				new Shape(Kind.PAGE, columns.key(), nested, order, conditions(query.filter()), query.backward(),
						(query.after() != null) ? SortPartition.of(query.after(), order) : null,
						(query.before() != null) ? SortPartition.of(query.before(), order) : null));
	}

	/**
	 * How many rows there are: in one list, or in each parent's that has any, led by the
	 * parent's id.
	 */
	ListStatement count(Filter filter, boolean nested) {
		return get(this.listing.all(), new Shape(Kind.COUNT, 0, nested, null, conditions(filter), false, null, null));
	}

	/**
	 * Whether there are rows at a cursor or beyond: a row if so, or the id of each parent
	 * for which it is so.
	 */
	ListStatement probe(ProbeQuery query, boolean nested) {
		SortPartition segment = SortPartition.of(query.cursor(), query.order());
		return get(this.listing.all(), new Shape(Kind.PROBE, 0, nested, query.order(), conditions(query.filter()),
				false, query.towardsEnd() ? segment : null, query.towardsEnd() ? null : segment));
	}

	/** The rows with the ids, in no order. */
	ListStatement byIds(ColumnSelection columns) {
		return get(columns, new Shape(Kind.BY_IDS, columns.key(), false, null, List.of(), false, null, null));
	}

	private static List<String> conditions(Filter filter) {
		return filter.conditions().stream().map(Filter.Condition::sql).toList();
	}

	private ListStatement get(ColumnSelection columns, Shape shape) {
		ListStatement known = this.statements.get(shape);
		if (known != null) {
			return known;
		}
		ListStatement written = switch (shape.kind()) {
			case PAGE -> writePage(columns, shape);
			case COUNT -> writeCount(shape);
			case PROBE -> writeProbe(shape);
			case BY_IDS -> writeByIds(columns);
		};
		if (this.statements.size() < CACHED_SHAPES) {
			this.statements.put(shape, written);
		}
		return written;
	}

	private ListStatement writePage(ColumnSelection columns, Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			// Such a subquery can only be joined by running it for one parent after the
			// other, so that each parent's
			// rows come together, and in their order.
			sql.append("SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (").parameter(Parameter.IDS);
		}
		List<SortPartition> segments = SortPartition.of(shape.requiredOrder()).stream().filter(shape::reads).toList();
		switch (segments.size()) {
			case 0 -> writeNothing(sql, columns, shape);
			case 1 -> writeRows(sql, columns, shape, segments.getFirst());
			default -> writeSegments(sql, columns, shape, segments);
		}
		return sql.append(shape.nested() ? ") AS c" : "").build(shape.lane());
	}

	/** The cursors are the wrong way round, so that no segment lies between them. */
	private void writeNothing(ListStatement.Builder sql, ColumnSelection columns, Shape shape) {
		sql.append("SELECT " + columns.columns() + shape.sortValue());
		writeFrom(sql, shape);
		sql.append(" AND false");
	}

	private void writeSegments(ListStatement.Builder sql, ColumnSelection columns, Shape shape,
			List<SortPartition> segments) {
		String separator = "";
		sql.append("SELECT " + columns.names() + ", sort_value FROM (");
		for (SortPartition segment : segments) {
			sql.append(separator + "SELECT s.*, " + segment.position() + " AS segment FROM (");
			writeRows(sql, columns, shape, segment);
			sql.append(") AS s");
			separator = " UNION ALL ";
		}
		// At most a page of each segment is sorted here.
		sql.append(") AS u ORDER BY segment" + (shape.backward() ? " DESC" : "") + ", " + shape.orderBy("sort_value")
				+ " LIMIT ?")
			.parameter(Parameter.LIMIT);
	}

	private void writeRows(ListStatement.Builder sql, ColumnSelection columns, Shape shape, SortPartition segment) {
		sql.append("SELECT " + columns.columns() + shape.sortValue());
		writeFrom(sql, shape);
		writeSegment(sql, shape, segment);
		writeBounds(sql, shape, segment, "");
		sql.append(" ORDER BY " + shape.orderBy(shape.sortColumn("")) + " LIMIT ?").parameter(Parameter.LIMIT);
	}

	private ListStatement writeCount(Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			sql.append("SELECT " + parent() + ", count(*) FROM " + this.listing.table() + " WHERE user_id = ? AND "
					+ parent() + " = ANY (?)")
				.parameter(Parameter.ACCOUNT, Parameter.IDS);
			writeConditions(sql, shape);
			return sql.append(" GROUP BY " + parent()).build(StatementLane.SCAN);
		}
		sql.append("SELECT count(*)");
		writeFrom(sql, shape);
		return sql.build(StatementLane.SCAN);
	}

	private ListStatement writeProbe(Shape shape) {
		ListStatement.Builder sql = new ListStatement.Builder();
		if (shape.nested()) {
			sql.append("SELECT p.id FROM unnest(?::uuid[]) AS p (id) WHERE ").parameter(Parameter.IDS);
		}
		else {
			sql.append("SELECT 1 WHERE ");
		}
		String separator = "";
		for (SortPartition segment : SortPartition.of(shape.requiredOrder())) {
			if (shape.reads(segment)) {
				sql.append(separator + "EXISTS (SELECT 1");
				writeFrom(sql, shape);
				writeSegment(sql, shape, segment);
				writeBounds(sql, shape, segment, "=");
				sql.append(")");
				separator = " OR ";
			}
		}
		return sql.build(shape.lane());
	}

	private ListStatement writeByIds(ColumnSelection columns) {
		return new ListStatement.Builder()
			.append("SELECT " + columns.columns() + " FROM " + this.listing.table()
					+ " WHERE user_id = ? AND id = ANY (?)")
			.parameter(Parameter.ACCOUNT, Parameter.IDS)
			.build(StatementLane.SHORT);
	}

	private void writeFrom(ListStatement.Builder sql, Shape shape) {
		sql.append(" FROM " + this.listing.table() + " WHERE user_id = ?").parameter(Parameter.ACCOUNT);
		if (shape.nested()) {
			sql.append(" AND " + parent() + " = p.id");
		}
		writeConditions(sql, shape);
	}

	private static void writeConditions(ListStatement.Builder sql, Shape shape) {
		if (!shape.conditions().isEmpty()) {
			shape.conditions().forEach((condition) -> sql.append(" AND " + condition));
			sql.parameter(Parameter.CONDITIONS);
		}
	}

	private static void writeSegment(ListStatement.Builder sql, Shape shape, SortPartition segment) {
		switch (segment) {
			case WHOLE -> {
			}
			case VALUES -> sql.append(" AND" + shape.sortColumn(" ") + " IS NOT NULL");
			case NULLS -> sql.append(" AND" + shape.sortColumn(" ") + " IS NULL");
		}
	}

	private static void writeBounds(ListStatement.Builder sql, Shape shape, SortPartition segment, String orEqual) {
		boolean descending = shape.requiredOrder().descending();
		if (shape.after() == segment) {
			writeBound(sql, shape, segment, (descending ? "<" : ">") + orEqual, Parameter.AFTER_VALUE,
					Parameter.AFTER_ID);
		}
		if (shape.before() == segment) {
			writeBound(sql, shape, segment, (descending ? ">" : "<") + orEqual, Parameter.BEFORE_VALUE,
					Parameter.BEFORE_ID);
		}
	}

	private static void writeBound(ListStatement.Builder sql, Shape shape, SortPartition segment, String operator,
			Parameter value, Parameter id) {
		if (segment == SortPartition.NULLS || shape.requiredOrder().field().column() == null) {
			sql.append(" AND id " + operator + " ?").parameter(id);
		}
		else {
			sql.append(" AND (" + shape.sortColumn("") + ", id) " + operator + " (?, ?)").parameter(value, id);
		}
	}

	private String parent() {
		String parent = this.listing.parent();
		if (parent == null) {
			throw new IllegalStateException(this.listing.table() + " belongs to no parent");
		}
		return parent;
	}

	private enum Kind {

		PAGE, COUNT, PROBE, BY_IDS

	}

	/** All that a text depends on. */
	private record Shape(Kind kind, int columns, boolean nested, @Nullable Order order, List<String> conditions,
			boolean backward, @Nullable SortPartition after, @Nullable SortPartition before) {

		Order requiredOrder() {
			if (this.order == null) {
				throw new IllegalStateException(this.kind + " has no order");
			}
			return this.order;
		}

		/**
		 * Without conditions, an index has the rows of a page side by side. With some,
		 * all rows may have to be looked at.
		 */
		StatementLane lane() {
			return this.conditions.isEmpty() ? StatementLane.SHORT : StatementLane.SCAN;
		}

		/** Whether rows of a segment can lie between the cursors. */
		boolean reads(SortPartition segment) {
			return (this.after == null || segment.compareTo(this.after) >= 0)
					&& (this.before == null || segment.compareTo(this.before) <= 0);
		}

		/**
		 * The sort column's name after a separator, or nothing if there is no sort
		 * column.
		 */
		String sortColumn(String separator) {
			SortColumn column = requiredOrder().field().column();
			return (column != null) ? separator + column.name() : "";
		}

		/**
		 * What is selected beside the listing's columns: the value that a cursor carries.
		 */
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
