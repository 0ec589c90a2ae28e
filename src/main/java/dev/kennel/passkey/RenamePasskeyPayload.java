package dev.kennel.passkey;

/**
 * The result of {@code renamePasskey}.
 *
 * @param passkey the passkey
 */
record RenamePasskeyPayload(Passkey passkey) {
}
