package dev.kennel.paging;

import org.jspecify.annotations.Nullable;

/**
 * Where a page is in its list. Whether the list goes on is answered by
 * {@link ConnectionLoader}, which may have to look.
 *
 * @param connection the page
 */
public record PageInfo(Connection<?> connection) {

	/**
	 * Answers the first row's cursor.
	 * @return the cursor, or null if the page is empty
	 */
	public @Nullable String startCursor() {
		return this.connection.nodes().isEmpty() ? null : this.connection.cursor(0);
	}

	/**
	 * Answers the last row's cursor.
	 * @return the cursor, or null if the page is empty
	 */
	public @Nullable String endCursor() {
		return this.connection.nodes().isEmpty() ? null : this.connection.cursor(this.connection.nodes().size() - 1);
	}

}
