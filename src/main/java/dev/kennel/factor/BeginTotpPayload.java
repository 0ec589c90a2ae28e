package dev.kennel.factor;

import java.time.OffsetDateTime;

/**
 * The result of {@code beginTotp}.
 *
 * @param secret the secret, in base32
 * @param uri the URI for a QR code
 * @param expiresAt until when it can be confirmed
 */
record BeginTotpPayload(String secret, String uri, OffsetDateTime expiresAt) {

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "BeginTotpPayload[]";
	}

}
