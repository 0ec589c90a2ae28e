package dev.kennel.account;

/**
 * The result of {@code restoreEmail}.
 *
 * @param user the account, with its former address
 */
record RestoreEmailPayload(User user) {

}
