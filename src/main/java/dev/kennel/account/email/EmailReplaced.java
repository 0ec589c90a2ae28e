package dev.kennel.account.email;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;

/**
 * The application event in the transaction that verifies another address of an account,
 * in place of a verified one. Listeners revoke the sessions that the mailbox of that one
 * has opened, since somebody else may read it.
 *
 * @param account the account
 * @param client the client that sent the request
 */
public record EmailReplaced(AccountId account, Client client) {

}
