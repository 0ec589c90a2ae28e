package dev.kennel.paging;

import java.util.List;

/**
 * A part of a list in which every row has, or none has, a value in the sort column. Rows
 * without one come last, in both directions, which no single scan of an index gives; each
 * segment is one.
 */
enum SortPartition {

	/** The whole list, where the order has no column or one that is never null. */
	WHOLE(0),

	/** The rows that have a value. */
	VALUES(0),

	/** The rows that have none. */
	NULLS(1);

	private final int position;

	SortPartition(int position) {
		this.position = position;
	}

	/** Where it comes in a list. */
	int position() {
		return this.position;
	}

	/** The segments of a list, in its order. */
	static List<SortPartition> of(Order order) {
		SortColumn column = order.field().column();
		return (column != null && column.nullable()) ? List.of(VALUES, NULLS) : List.of(WHOLE);
	}

	/** The segment that a cursor lies in. */
	static SortPartition of(Cursor cursor, Order order) {
		SortColumn column = order.field().column();
		return (column == null || !column.nullable()) ? WHOLE : ((cursor.sortValue() != null) ? VALUES : NULLS);
	}

}
