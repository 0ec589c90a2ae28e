package dev.kennel.account;

/**
 * The answer of {@code verifyEmail}.
 *
 * @param user the account, verified
 */
record VerifyEmailPayload(User user) {
}
