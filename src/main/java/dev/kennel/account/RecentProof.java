package dev.kennel.factor;

import dev.kennel.error.ApiException;
import dev.kennel.identity.Caller;

/** Requires that sessions have proved themselves recently. */
public interface RecentProof {

	/**
	 * Requires a recent proof from a session, before it changes factors or passkeys: of
	 * the second factor or a passkey if its account has either, otherwise of the
	 * password.
	 * @param caller the account and session
	 * @throws ApiException with FORBIDDEN if there is none, or the session has ended
	 */
	void requireForFactors(Caller caller);

}
