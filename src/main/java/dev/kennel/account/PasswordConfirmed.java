package dev.kennel.account;

import dev.kennel.identity.Caller;

/**
 * A session has given its account's password. Published as an application event, in no
 * transaction.
 *
 * @param caller the account and the session
 */
public record PasswordConfirmed(Caller caller) {

}
