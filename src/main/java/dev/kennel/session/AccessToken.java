package dev.kennel.session;

import java.time.Instant;

/**
 * An issued access token.
 *
 * @param value the JSON Web Token
 * @param expiresAt when it expires
 */
record AccessToken(String value, Instant expiresAt) {

	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + "]";
	}

}
