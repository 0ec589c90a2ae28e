package dev.kennel.paging;

import java.util.List;

import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.SortColumn;

/**
 * A part of a list in which the sort column of every row is non-null, or of every row is
 * null. Nulls are last in both directions, which no single index scan yields; each
 * partition is one scan.
 */
enum SortPartition {

	/** The whole list, if the order has no sort column or one that is not nullable. */
	WHOLE(0),

	/** The rows with a value. */
	VALUES(0),

	/** The rows with null. */
	NULLS(1);

	private final int position;

	SortPartition(int position) {
		this.position = position;
	}

	/** Returns the position of the partition in a list. */
	int position() {
		return this.position;
	}

	/** Returns the partitions of a list, in order. */
	static List<SortPartition> of(Order order) {
		SortColumn column = order.field().column();
		return (column != null && column.nullable()) ? List.of(VALUES, NULLS) : List.of(WHOLE);
	}

	/** Returns the partition of a cursor. */
	static SortPartition of(Cursor cursor, Order order) {
		SortColumn column = order.field().column();
		return (column == null || !column.nullable()) ? WHOLE : ((cursor.sortValue() != null) ? VALUES : NULLS);
	}

}
