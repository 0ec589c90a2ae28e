package dev.kennel.account.deletion;

import dev.kennel.identity.AccountId;

/**
 * The application event at the start of a deletion's transaction, before its first lock.
 * Listeners lock the account for the deletion in the lock order of its writes, which
 * avoids deadlocks. The deletion may still fail.
 *
 * @param account the account
 */
public record AccountDeletionStarting(AccountId account) {
}
