package dev.kennel.passkey;

import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;

/**
 * The application event in the transaction that removes a passkey. Listeners revoke all
 * other sessions of the account: an attacker's would add a passkey again.
 *
 * @param caller the account, and the session that removes it
 * @param client the client that sent the request
 */
public record PasskeyRemoved(Caller caller, Client client) {
}
