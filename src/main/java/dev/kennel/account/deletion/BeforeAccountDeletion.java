package dev.kennel.account.deletion;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;

/**
 * The application event in a deletion's transaction, while queries still return the
 * account. Listeners delete what must be gone with the commit; the account's other rows
 * are removed in the background.
 *
 * @param account the account
 * @param client the client that requested the deletion
 */
public record BeforeAccountDeletion(AccountId account, Client client) {
}
