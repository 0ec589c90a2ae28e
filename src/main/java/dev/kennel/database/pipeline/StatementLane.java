package dev.kennel.database.pipeline;

/** Which connections a statement may be sent on. */
public enum StatementLane {

	/**
	 * A statement that reads no more rows than a page has, by an index. It shares a
	 * connection with others, which wait for it.
	 */
	SHORT,

	/** A statement that may read all rows of an account. Few wait for it. */
	SCAN

}
