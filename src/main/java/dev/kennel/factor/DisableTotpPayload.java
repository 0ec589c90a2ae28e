package dev.kennel.factor;

import dev.kennel.account.User;

/**
 * The result of {@code disableTotp}.
 *
 * @param user the account
 */
record DisableTotpPayload(User user) {
}
