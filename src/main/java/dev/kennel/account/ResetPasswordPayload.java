package dev.kennel.account;

/**
 * The answer of {@code resetPassword}.
 *
 * @param success always true
 */
record ResetPasswordPayload(boolean success) {
}
