package dev.kennel.session.login;

import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

/**
 * The result of {@code requestEmailLogin}.
 *
 * @param browserSecret the secret for {@code finishEmailLogin}; null if it is in a cookie
 * @param expiresAt until when it is valid
 */
record RequestEmailLoginPayload(@Nullable String browserSecret, OffsetDateTime expiresAt) {

	/** Omits the secret. */
	@Override
	public String toString() {
		return "RequestEmailLoginPayload[expiresAt=" + this.expiresAt + "]";
	}

}
