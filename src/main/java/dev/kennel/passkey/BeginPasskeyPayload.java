package dev.kennel.passkey;

import java.time.OffsetDateTime;

/**
 * The result of {@code beginPasskeyRegistration}, {@code beginPasskeyLogin} and
 * {@code beginPasskeyReauthentication}.
 *
 * @param options the options for the browser, in JSON
 * @param expiresAt until when their challenge can be answered
 */
record BeginPasskeyPayload(String options, OffsetDateTime expiresAt) {
}
