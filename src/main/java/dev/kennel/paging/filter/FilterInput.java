package dev.kennel.paging.filter;

import dev.kennel.text.BoundedListValueExtractor;

/**
 * The {@code filter} argument of a list, implemented by an input record for each list,
 * whose components have the constraints that {@code ConnectionLoader} validates.
 */
public interface FilterInput {

	/** The message for too many filters in {@code and} or {@code or}. */
	String SIZE = "At most " + BoundedListValueExtractor.MAX + " filters can be combined.";

	/**
	 * Returns the conditions.
	 * @return the filter; only called if the input is valid
	 */
	Filter toFilter();

}
