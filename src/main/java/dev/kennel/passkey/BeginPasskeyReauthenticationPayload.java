package dev.kennel.passkey;

import java.time.OffsetDateTime;

/**
 * The result of {@code beginPasskeyReauthentication}.
 *
 * @param options the options for the browser, in JSON
 * @param expiresAt until when their challenge can be answered
 */
record BeginPasskeyReauthenticationPayload(String options, OffsetDateTime expiresAt) {
}
