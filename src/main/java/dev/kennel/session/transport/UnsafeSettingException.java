package dev.kennel.session.transport;

/** Thrown if a setting would make authentication unsafe. */
class UnsafeSettingException extends RuntimeException {

	private final String action;

	UnsafeSettingException(String message, String action) {
		super(message);
		this.action = action;
	}

	/** Returns what to set instead. */
	String action() {
		return this.action;
	}

}
