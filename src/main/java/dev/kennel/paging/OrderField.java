package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/** What a list can be ordered by: implemented by the enum of each list. */
public interface OrderField {

	/**
	 * Answers the column.
	 * @return the column that is compared before the id, or null if the id alone makes
	 * the order, which is the order of creation
	 */
	@Nullable SortColumn column();

	/**
	 * Answers the field's place in its enum, which cursors carry: a new field is added at
	 * the end.
	 * @return the enum constant's ordinal
	 */
	int ordinal();

}
