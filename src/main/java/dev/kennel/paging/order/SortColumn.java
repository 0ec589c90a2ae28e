package dev.kennel.paging.order;

/**
 * The column by which a list is sorted, with the id as the tie-breaker.
 *
 * @param name the name of the column
 * @param type the type of the column
 * @param nullable whether it may be null; nulls are last in both directions
 * @param indexed whether an index has the rows of an account in this order; without one,
 * a page sorts all rows of the account
 */
public record SortColumn(String name, SortType type, boolean nullable, boolean indexed) {

	/**
	 * Creates a column with an index.
	 * @param name the name of the column
	 * @param type the type of the column
	 * @param nullable whether it may be null
	 */
	public SortColumn(String name, SortType type, boolean nullable) {
		this(name, type, nullable, true);
	}

}
