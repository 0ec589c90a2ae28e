package dev.kennel.account.password;

import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import org.jspecify.annotations.Nullable;

/**
 * The application event in the transaction that changes a password. Listeners revoke the
 * sessions of the old one.
 *
 * @param account the account
 * @param session the session that changed the password, which is kept; null to revoke all
 * @param client the client that sent the request
 */
public record PasswordChanged(AccountId account, @Nullable UUID session, Client client) {
}
