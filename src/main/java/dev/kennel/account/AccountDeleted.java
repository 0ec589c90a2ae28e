package dev.kennel.account;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.Client;

/**
 * An account is about to be deleted, with every row that belongs to it. Published as an
 * application event in the transaction of the deletion, while the rows are still there.
 *
 * @param account the account
 * @param client where it came from
 */
public record AccountDeleted(AccountId account, Client client) {
}
