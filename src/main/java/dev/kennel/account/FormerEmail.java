package dev.kennel.account;

import java.time.Instant;

import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;

/**
 * The verified address that an account had before its present one, while it still speaks
 * for the account.
 *
 * @param account the account
 * @param email the address
 * @param verifiedAt when it was verified
 */
record FormerEmail(AccountId account, String email, Instant verifiedAt) {

	/** Returns whether it is this address, whatever the case. */
	boolean is(String address) {
		return CaseFolding.key(this.email).equals(CaseFolding.key(address));
	}

	/** Says nothing of the address, so that it is in no log. */
	@Override
	public String toString() {
		return "FormerEmail[account=" + this.account + "]";
	}

}
