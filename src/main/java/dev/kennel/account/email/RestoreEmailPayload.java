package dev.kennel.account.email;

import dev.kennel.account.User;

/**
 * The result of {@code restoreEmail}.
 *
 * @param user the account, with its former address
 */
record RestoreEmailPayload(User user) {

}
