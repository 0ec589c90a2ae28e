package dev.kennel.passkey;

import java.time.OffsetDateTime;

/**
 * The result of {@code beginPasskeyLogin}.
 *
 * @param options the options for the browser, in JSON
 * @param expiresAt until when their challenge can be answered
 */
record BeginPasskeyLoginPayload(String options, OffsetDateTime expiresAt) {
}
