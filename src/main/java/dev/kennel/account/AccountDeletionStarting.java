package dev.kennel.account;

import dev.kennel.identity.AccountId;

/**
 * An account is to be deleted, if nothing speaks against it. Published as an application
 * event, first of all in the transaction: writes of the account take locks in an order,
 * and here the deletion takes them in the same.
 *
 * @param account the account
 */
public record AccountDeletionStarting(AccountId account) {
}
