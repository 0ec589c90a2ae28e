package dev.kennel.passkey;

import java.time.OffsetDateTime;

/**
 * The result of {@code beginPasskeyRegistration}.
 *
 * @param options the options for the browser, in JSON
 * @param expiresAt until when their challenge can be answered
 */
record BeginPasskeyRegistrationPayload(String options, OffsetDateTime expiresAt) {
}
