package dev.kennel.account;

import dev.kennel.error.ApiException;
import dev.kennel.identity.Caller;

/**
 * Requires recent proofs of sessions. In a transaction, a session that has passed a check
 * can't be revoked until the transaction ends. Each method fails with UNAUTHENTICATED if
 * the session has ended.
 */
public interface ReauthenticationPolicy {

	/**
	 * Requires that a session has not ended, before it replaces the password or deletes
	 * its account.
	 * @param caller the account and session
	 * @throws ApiException with UNAUTHENTICATED if it has
	 */
	void requireSession(Caller caller);

	/**
	 * Requires a recent proof of the password, the second factor or a passkey from a
	 * session, before it ends other sessions. A mail is no such proof.
	 * @param caller the account and session
	 * @throws ApiException with FORBIDDEN if there is none
	 */
	void requireForSessions(Caller caller);

	/**
	 * Requires a recent proof from a session, before it changes factors or passkeys: of
	 * the second factor or a passkey if its account has either, otherwise of the
	 * password.
	 * @param caller the account and session
	 * @throws ApiException with FORBIDDEN if there is none
	 */
	void requireForFactors(Caller caller);

	/**
	 * Requires a recent proof of the second factor or a passkey, if the account of a
	 * session has either, before the session replaces the email address: its owner can
	 * undo what changes factors by the address.
	 * @param caller the account and session
	 * @throws ApiException with FORBIDDEN if there is none
	 */
	void requireForAddress(Caller caller);

}
