package dev.kennel.audit;

import java.util.Locale;

/** What matters to whoever watches over the accounts. */
public enum SecurityEvent {

	/** An account was made, and its first session opened. */
	SIGNUP(false),

	/** A session was opened. */
	LOGIN(false),

	/** Somebody did not know the name and the password. */
	LOGIN_FAILED(true),

	/** Somebody tried too often. */
	RATE_LIMITED(true),

	/** A session was ended by itself. */
	LOGOUT(false),

	/** A session was ended by another one of the account, or by a new password. */
	SESSION_REVOKED(false),

	/** A refresh token was used again: it may have been stolen. The session is ended. */
	REFRESH_TOKEN_REUSED(true),

	/** The password was changed by somebody who knew the old one. */
	PASSWORD_CHANGED(false),

	/** Somebody who is logged in did not know the password. */
	PASSWORD_WRONG(true),

	/** A mail with which the password can be set anew was asked for. */
	PASSWORD_RESET_REQUESTED(false),

	/** The password was set anew with such a mail. */
	PASSWORD_RESET(false),

	/** The address was confirmed with a mail. */
	EMAIL_VERIFIED(false),

	/** The name or the address was changed. */
	PROFILE_CHANGED(false),

	/** A change of the address was undone, with a mail to the former one. */
	EMAIL_RESTORED(true),

	/** A session has proved that it knows the password. */
	REAUTHENTICATED(false),

	/** A one-time token was wrong, used or old. */
	TOKEN_REFUSED(true),

	/** The account was deleted, with all that it had. */
	ACCOUNT_DELETED(false);

	private final boolean alarming;

	private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

	SecurityEvent(boolean alarming) {
		this.alarming = alarming;
	}

	boolean alarming() {
		return this.alarming;
	}

	String text() {
		return this.text;
	}

}
