package dev.kennel.account;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;

/**
 * An account has a former address back, since a change of it was undone: every session
 * may be another person's, and has to end. Published as an application event in the
 * transaction of the restoration.
 *
 * @param account the account
 * @param client where it came from
 */
public record EmailRestored(AccountId account, Client client) {

}
