package dev.kennel.identity;

import java.util.UUID;

/**
 * The account whose rows a statement may access. Every query and command of a feature has
 * it as a parameter, and only the authentication of a request creates it, so that no
 * statement can omit the account.
 *
 * @param value the {@code user_id} that leads every key
 */
public record AccountId(UUID value) {
}
