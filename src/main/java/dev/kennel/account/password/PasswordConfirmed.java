package dev.kennel.account.password;

import dev.kennel.identity.Caller;

/**
 * The application event after a session has proved its account's password, outside of a
 * transaction.
 *
 * @param caller the account and the session
 */
public record PasswordConfirmed(Caller caller) {

}
