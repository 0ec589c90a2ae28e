package dev.kennel.account;

/**
 * The result of {@code requestEmailVerification}.
 *
 * @param success always true
 */
record RequestEmailVerificationPayload(boolean success) {
}
