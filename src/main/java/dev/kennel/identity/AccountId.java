package dev.kennel.identity;

import java.util.UUID;

/**
 * The account whose rows a statement may access. Every query and command of a feature has
 * it as a parameter, so that no statement can omit the account. A request gets it from
 * its authentication alone.
 *
 * @param value the {@code user_id} that leads every key
 */
public record AccountId(UUID value) {
}
