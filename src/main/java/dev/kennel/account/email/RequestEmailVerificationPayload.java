package dev.kennel.account.email;

/**
 * The result of {@code requestEmailVerification}.
 *
 * @param success always true
 */
record RequestEmailVerificationPayload(boolean success) {
}
