package dev.kennel.factor;

import dev.kennel.error.ApiException;
import dev.kennel.identity.Caller;

/** Requires that sessions have proved themselves recently. */
public interface RecentProof {

	/**
	 * Requires a recent proof from a session, before it changes factors: of the second
	 * factor if its account has one, otherwise of the password.
	 * @param caller the account and session
	 * @throws ApiException with FORBIDDEN if there is none
	 */
	void requireForFactors(Caller caller);

}
