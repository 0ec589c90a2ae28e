package dev.kennel.paging;

/** Which way a list is ordered. */
public enum OrderDirection {

	/** Smallest, oldest or first in the alphabet first. */
	ASC('a'),

	/** The reverse. */
	DESC('d');

	private final char tag;

	OrderDirection(char tag) {
		this.tag = tag;
	}

	/** What a cursor says of it. */
	byte tag() {
		return (byte) this.tag;
	}

}
