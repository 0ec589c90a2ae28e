package dev.kennel.throttle;

/** An action that is rate limited. Each has buckets of its own. */
public enum RateLimitedAction {

	/** A guess at the password of a name. Charged to the networks and the name. */
	LOGIN(true),

	/**
	 * A guess at the password of an account by one of its sessions. Charged to the
	 * networks and the session.
	 */
	PASSWORD(true),

	/**
	 * A guess at a one-time code of an account, which needs its password, a mail to its
	 * address, or one of its sessions. Charged to the networks and the account.
	 */
	CODE(true),

	/**
	 * A guess at the code of a log-in by mail, which needs a request for it. Charged to
	 * the networks and the address.
	 */
	EMAIL_CODE(true),

	/**
	 * A guess at a one-time token, such as one that was sent by mail, or at a recovery
	 * code, or a proof by a passkey. Charged to the networks.
	 */
	ONE_TIME_TOKEN(true),

	/**
	 * A change of a username or an address, which reveals whether another account has it.
	 * Charged to the networks and the account, whatever the result.
	 */
	PROFILE_CHANGE(false),

	/**
	 * A sign-up, which reveals whether a name or address is taken. Charged to the
	 * networks, whatever the result.
	 */
	SIGN_UP(false),

	/** A mail. Charged to the networks and the account that cause it. */
	MAIL(false);

	private final boolean refunded;

	RateLimitedAction(boolean refunded) {
		this.refunded = refunded;
	}

	/** Returns whether a guess at its target has two buckets and a ceiling. */
	boolean isGuess() {
		return this == LOGIN || this == PASSWORD || isCode();
	}

	/** Returns whether it is a guess at a code of six digits. */
	boolean isCode() {
		return this == CODE || this == EMAIL_CODE;
	}

	/** Returns whether a success is refunded, since it reveals no secret. */
	boolean isRefundedOnSuccess() {
		return this.refunded;
	}

}
