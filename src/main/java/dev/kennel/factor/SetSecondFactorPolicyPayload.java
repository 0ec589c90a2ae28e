package dev.kennel.factor;

import dev.kennel.account.User;

/**
 * The result of {@code setSecondFactorPolicy}.
 *
 * @param user the account
 */
record SetSecondFactorPolicyPayload(User user) {
}
