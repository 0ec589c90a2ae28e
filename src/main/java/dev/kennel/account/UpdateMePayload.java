package dev.kennel.account;

/**
 * The result of {@code updateMe}.
 *
 * @param user the updated account
 */
record UpdateMePayload(User user) {
}
