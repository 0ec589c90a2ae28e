package dev.kennel.account;

import java.time.Duration;

/** What a token that comes by mail is good for, and for how long. */
enum TokenPurpose {

	/** To set a new password. */
	PASSWORD_RESET(Duration.ofHours(1)),

	/** To show that the address is one's own. */
	EMAIL_VERIFICATION(Duration.ofHours(24));

	private final Duration lifetime;

	TokenPurpose(Duration lifetime) {
		this.lifetime = lifetime;
	}

	Duration lifetime() {
		return this.lifetime;
	}

}
