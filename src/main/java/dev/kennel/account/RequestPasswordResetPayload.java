package dev.kennel.account;

/**
 * The answer of {@code requestPasswordReset}.
 *
 * @param success always true
 */
record RequestPasswordResetPayload(boolean success) {
}
