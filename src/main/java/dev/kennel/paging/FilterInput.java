package dev.kennel.paging;

/**
 * The {@code filter} argument of a list, implemented by an input record for each list,
 * whose components have the constraints that {@link ConnectionLoader} validates.
 */
public interface FilterInput {

	/**
	 * Returns the conditions.
	 * @return the filter; only called if the input is valid
	 */
	Filter toFilter();

}
