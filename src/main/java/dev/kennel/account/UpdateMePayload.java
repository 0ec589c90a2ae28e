package dev.kennel.account;

/**
 * The answer of {@code updateMe}.
 *
 * @param user the account, changed
 */
record UpdateMePayload(User user) {
}
