package dev.kennel.account.profile;

import dev.kennel.account.User;

/**
 * The result of {@code updateMe}.
 *
 * @param user the updated account
 */
record UpdateMePayload(User user) {
}
