package dev.kennel.account;

import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import org.jspecify.annotations.Nullable;

/**
 * An account has a new password: whoever is logged in with the old one has to be logged
 * out. Published as an application event in the transaction of the change.
 *
 * @param account the account
 * @param session the session that the change came from, which stays; null if none does
 * @param client where it came from
 */
public record PasswordChanged(AccountId account, @Nullable UUID session, Client client) {
}
