package dev.kennel.session.token;

import java.time.Instant;

/**
 * An issued access token.
 *
 * @param value the JSON Web Token
 * @param expiresAt when it expires
 */
public record AccessToken(String value, Instant expiresAt) {

	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + "]";
	}

}
