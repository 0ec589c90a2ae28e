package dev.kennel.paging.order;

/** The direction of a sort order. */
public enum OrderDirection {

	/** Ascending. */
	ASC('a'),

	/** Descending. */
	DESC('d');

	private final char tag;

	OrderDirection(char tag) {
		this.tag = tag;
	}

	/** Returns the byte that encodes the direction in a cursor. */
	public byte tag() {
		return (byte) this.tag;
	}

}
