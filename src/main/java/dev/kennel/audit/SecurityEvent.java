package dev.kennel.audit;

import java.util.Locale;

/** A security event, as in the audit log. */
public enum SecurityEvent {

	/** An account was created, and its first session opened. */
	SIGNUP(false),

	/** A session was opened. */
	LOGIN(false),

	/** A mail to log in was requested. */
	EMAIL_LOGIN_REQUESTED(false),

	/** A code that was mailed for a log-in was guessed wrongly. */
	EMAIL_CODE_WRONG(true),

	/** A log-in failed. */
	LOGIN_FAILED(true),

	/** A rate limit was exceeded. */
	RATE_LIMITED(true),

	/** A session logged out. */
	LOGOUT(false),

	/** A session was revoked by another session of the account, or by a new password. */
	SESSION_REVOKED(false),

	/** A refresh token was reused: it may have been stolen. The session is revoked. */
	REFRESH_TOKEN_REUSED(true),

	/** The password was changed with the old one. */
	PASSWORD_CHANGED(false),

	/** A session sent a wrong password. */
	PASSWORD_WRONG(true),

	/** A password reset mail was requested. */
	PASSWORD_RESET_REQUESTED(false),

	/** The password was reset with such a mail. */
	PASSWORD_RESET(false),

	/** The address was verified with a mail. */
	EMAIL_VERIFIED(false),

	/** The name or the address was changed. */
	PROFILE_CHANGED(false),

	/** A change of the address was undone, with a mail to the former one. */
	EMAIL_RESTORED(true),

	/** A session has proved the password, a second factor or a passkey. */
	REAUTHENTICATED(false),

	/**
	 * A log-in gave the password, or the code or link of a mail, and has to give a second
	 * factor.
	 */
	SECOND_FACTOR_REQUIRED(false),

	/** A one-time code or a recovery code was wrong. */
	CODE_WRONG(true),

	/** A second factor was added. */
	FACTOR_ADDED(false),

	/** A second factor was removed. */
	FACTOR_REMOVED(true),

	/** Trusted devices were allowed to omit the second factor. */
	TRUSTED_DEVICES_ALLOWED(true),

	/** Trusted devices were made to need the second factor, as all others. */
	TRUSTED_DEVICES_DISALLOWED(false),

	/** An operator has removed all second factors and passkeys of an account. */
	FACTORS_RESET(true),

	/** A recovery code was used. */
	RECOVERY_CODE_USED(true),

	/** The recovery codes were replaced. */
	RECOVERY_CODES_REPLACED(false),

	/** A passkey was added. */
	PASSKEY_ADDED(false),

	/** A passkey was removed. */
	PASSKEY_REMOVED(true),

	/** A session sent a passkey, or a proof of one, that is not valid. */
	PASSKEY_WRONG(true),

	/**
	 * The counter of a passkey has not grown: its authenticator may have been cloned. The
	 * proof is refused.
	 */
	PASSKEY_CLONED(true),

	/** A one-time token or the challenge of a passkey was invalid, used or expired. */
	TOKEN_REFUSED(true),

	/** The account was deleted, with all its data. */
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
