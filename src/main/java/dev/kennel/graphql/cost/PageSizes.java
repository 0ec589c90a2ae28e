package dev.kennel.graphql.cost;

/** The page sizes of connections. */
public interface PageSizes {

	/**
	 * Returns the size of a page if the client specifies none.
	 * @return the number of objects
	 */
	int defaultSize();

	/**
	 * Returns the maximum size of a page.
	 * @return the number of objects
	 */
	int maxSize();

}
