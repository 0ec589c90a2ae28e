package dev.kennel.database.retention;

import java.time.Duration;

/**
 * A table whose rows expire. Each is a bean; {@link RetentionCleaner} deletes the expired
 * rows of all of them.
 */
public class RetentionPolicy {

	private final String table;

	private final String column;

	private final Duration retention;

	/**
	 * Creates a policy.
	 * @param table the name of the table
	 * @param column the column from which a row's age is counted, a {@code timestamptz}
	 * with an index of its own; a row with null does not expire
	 * @param retention the age at which rows expire
	 */
	protected RetentionPolicy(String table, String column, Duration retention) {
		this.table = table;
		this.column = column;
		this.retention = retention;
	}

	String table() {
		return this.table;
	}

	String column() {
		return this.column;
	}

	Duration retention() {
		return this.retention;
	}

}
