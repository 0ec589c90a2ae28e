package dev.kennel.account;

/**
 * The result of {@code verifyEmail}.
 *
 * @param user the account, with its verified address
 */
record VerifyEmailPayload(User user) {
}
