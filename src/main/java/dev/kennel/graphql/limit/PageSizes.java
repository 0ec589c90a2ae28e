package dev.kennel.graphql.limit;

/** How large pages of lists are. */
public interface PageSizes {

	/**
	 * Answers what a page has if nobody says.
	 * @return the objects of a page
	 */
	int defaultSize();

	/**
	 * Answers what may be asked for.
	 * @return the most objects of a page
	 */
	int maxSize();

}
