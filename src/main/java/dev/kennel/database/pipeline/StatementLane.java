package dev.kennel.database.pipeline;

/** Which connections a statement may be sent on. */
public enum StatementLane {

	/**
	 * A statement that reads at most a page of rows, by an index. It shares a connection
	 * with other statements, which wait for it.
	 */
	SHORT,

	/** A statement that may read all rows of an account. Few statements wait for it. */
	SCAN

}
