package dev.kennel.paging;

/**
 * A row in its list.
 *
 * @param <T> the type of the row
 */
public final class Edge<T> {

	private final Connection<T> connection;

	private final int index;

	Edge(Connection<T> connection, int index) {
		this.connection = connection;
		this.index = index;
	}

	/**
	 * Returns the row.
	 * @return the row
	 */
	public T node() {
		return this.connection.nodes().get(this.index);
	}

	/**
	 * Returns the cursor of the row.
	 * @return the cursor, which a client may send back
	 */
	public String cursor() {
		return this.connection.cursor(this.index);
	}

}
