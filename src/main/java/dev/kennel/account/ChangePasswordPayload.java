package dev.kennel.account;

/**
 * The answer of {@code changePassword}.
 *
 * @param user the account
 */
record ChangePasswordPayload(User user) {
}
