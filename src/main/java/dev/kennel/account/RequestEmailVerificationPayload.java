package dev.kennel.account;

/**
 * The answer of {@code requestEmailVerification}.
 *
 * @param success always true
 */
record RequestEmailVerificationPayload(boolean success) {
}
