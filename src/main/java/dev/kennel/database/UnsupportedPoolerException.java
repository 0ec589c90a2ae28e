package dev.kennel.database;

/**
 * Thrown at startup if a setting needs what the connection pooler before PostgreSQL does
 * not have.
 */
public final class UnsupportedPoolerException extends RuntimeException {

	private final String action;

	/**
	 * Creates an exception.
	 * @param message what the pooler does not support
	 * @param action what to set instead
	 */
	public UnsupportedPoolerException(String message, String action) {
		super(message);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
