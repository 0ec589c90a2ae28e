package dev.kennel.session;

/** A setting would let strangers in. */
class UnsafeSettingException extends RuntimeException {

	private final String action;

	UnsafeSettingException(String message, String action) {
		super(message);
		this.action = action;
	}

	/** What to do instead. */
	String action() {
		return this.action;
	}

}
