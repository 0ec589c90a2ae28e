package dev.kennel.account.password;

/**
 * The result of {@code requestPasswordReset}.
 *
 * @param success always true
 */
record RequestPasswordResetPayload(boolean success) {
}
