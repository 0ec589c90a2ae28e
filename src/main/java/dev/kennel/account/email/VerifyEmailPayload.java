package dev.kennel.account.email;

import dev.kennel.account.User;

/**
 * The result of {@code verifyEmail}.
 *
 * @param user the account, with its verified address
 */
record VerifyEmailPayload(User user) {
}
