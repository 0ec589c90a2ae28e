package dev.kennel.emaillogin;

import java.time.Duration;
import java.time.Instant;

/**
 * The secret of the browser that has requested a log-in by mail. Neither the code nor the
 * link of the mail logs in without it.
 *
 * @param value the secret, as the browser keeps it
 * @param hash the hash of the secret, which the database has
 * @param email the requested address
 * @param expiresAt until when it is valid
 */
@SuppressWarnings("ArrayRecordComponent") // Secrets are not compared.
public record BrowserSecret(String value, byte[] hash, String email, Instant expiresAt) {

	/** How long a log-in by mail can be finished. */
	public static final Duration LIFETIME = Duration.ofMinutes(10);

	/** Omits the secret and the address. */
	@Override
	public String toString() {
		return "BrowserSecret[expiresAt=" + this.expiresAt + "]";
	}

}
