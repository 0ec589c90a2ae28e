package dev.kennel.account.email;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;

/**
 * The application event in the transaction that restores an account's former address.
 * Listeners revoke all sessions and remove all passkeys, since each may be an attacker's,
 * and mail a link for a new password. Their order does not matter.
 *
 * @param account the account
 * @param client the client that sent the request
 */
public record EmailRestored(AccountId account, Client client) {

}
