package dev.kennel.identity;

import java.util.UUID;

/**
 * The account whose rows a statement may touch. Every query and command of a feature
 * takes one, and nothing but the authentication of a request makes one, so that no
 * statement can be written that forgets whose data it is about.
 *
 * @param value the {@code user_id} that leads every key
 */
public record AccountId(UUID value) {
}
