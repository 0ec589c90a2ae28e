package dev.kennel.paging;

/**
 * What a list's argument {@code filter} holds: implemented by the input record of each
 * list, whose components carry the constraints that {@link ConnectionLoader} checks.
 */
public interface FilterInput {

	/**
	 * Answers which rows are meant.
	 * @return the conditions; only called if the input has no faults
	 */
	Filter toFilter();

}
