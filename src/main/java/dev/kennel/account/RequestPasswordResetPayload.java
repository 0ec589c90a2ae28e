package dev.kennel.account;

/**
 * The result of {@code requestPasswordReset}.
 *
 * @param success always true
 */
record RequestPasswordResetPayload(boolean success) {
}
