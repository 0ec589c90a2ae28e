package dev.kennel.paging.order;

import org.jspecify.annotations.Nullable;

/** A field by which a list can be sorted, implemented by an enum for each list. */
public interface OrderField {

	/**
	 * Returns the column to sort by, before the id.
	 * @return the column, or null if the list is sorted by the id alone, which is the
	 * order of creation
	 */
	@Nullable SortColumn column();

	/**
	 * Returns the ordinal of the enum constant, which cursors contain: a new field has to
	 * be the last.
	 * @return the ordinal
	 */
	int ordinal();

}
