package dev.kennel.session;

import java.time.Instant;

/**
 * A token as it is given to a client.
 *
 * @param value the JSON Web Token
 * @param expiresAt when it stops being valid
 */
record AccessToken(String value, Instant expiresAt) {

	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + "]";
	}

}
