package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * The position of a page in its list. {@link ConnectionLoader} resolves whether there are
 * more rows, which may need a query.
 *
 * @param connection the page
 */
public record PageInfo(Connection<?> connection) {

	/**
	 * Returns the cursor of the first row.
	 * @return the cursor, or null if the page is empty
	 */
	public @Nullable String startCursor() {
		return this.connection.nodes().isEmpty() ? null : this.connection.cursor(0);
	}

	/**
	 * Returns the cursor of the last row.
	 * @return the cursor, or null if the page is empty
	 */
	public @Nullable String endCursor() {
		return this.connection.nodes().isEmpty() ? null : this.connection.cursor(this.connection.nodes().size() - 1);
	}

}
