package dev.kennel.account;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;

/**
 * An account is about to be deleted: it can still be found. Published as an application
 * event in the transaction of the deletion. What need not be gone with the commit goes in
 * the background, with the rest of the account's rows.
 *
 * @param account the account
 * @param client where it came from
 */
public record BeforeAccountDeletion(AccountId account, Client client) {
}
