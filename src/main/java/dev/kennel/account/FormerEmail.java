package dev.kennel.account;

import java.time.Instant;
import java.util.UUID;

import dev.kennel.database.AccountId;

/**
 * A verified address that an account has had before its present one, and that still
 * speaks for the account.
 *
 * @param account the account
 * @param id the row's key; later changes have greater ones
 * @param email the address
 * @param verifiedAt when it was verified
 * @param pending whether the address that replaced it is yet to be verified
 */
record FormerEmail(AccountId account, UUID id, String email, Instant verifiedAt, boolean pending) {

	/** Says nothing of the address, so that it is in no log. */
	@Override
	public String toString() {
		return "FormerEmail[account=" + this.account + ", id=" + this.id + "]";
	}

}
