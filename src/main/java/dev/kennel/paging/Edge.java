package dev.kennel.paging;

/**
 * A row in its list.
 *
 * @param <T> what a row is
 */
public final class Edge<T> {

	private final Connection<T> connection;

	private final int index;

	Edge(Connection<T> connection, int index) {
		this.connection = connection;
		this.index = index;
	}

	/**
	 * Answers the row.
	 * @return the row
	 */
	public T node() {
		return this.connection.nodes().get(this.index);
	}

	/**
	 * Answers the row's place in the list.
	 * @return the cursor, as a client may send it back
	 */
	public String cursor() {
		return this.connection.cursor(this.index);
	}

}
