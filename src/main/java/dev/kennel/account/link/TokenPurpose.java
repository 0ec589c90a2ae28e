package dev.kennel.account.link;

import java.time.Duration;

/** The purpose of a one-time token, and its lifetime. */
public enum TokenPurpose {

	/** Resets the password. */
	PASSWORD_RESET(Duration.ofHours(1)),

	/** Verifies the email address. */
	EMAIL_VERIFICATION(Duration.ofHours(24));

	private final Duration lifetime;

	TokenPurpose(Duration lifetime) {
		this.lifetime = lifetime;
	}

	Duration lifetime() {
		return this.lifetime;
	}

}
