package dev.kennel.passkey;

/**
 * The result of {@code finishPasskeyRegistration}.
 *
 * @param passkey the new passkey
 */
record FinishPasskeyRegistrationPayload(Passkey passkey) {
}
