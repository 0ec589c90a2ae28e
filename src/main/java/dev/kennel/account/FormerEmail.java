package dev.kennel.account;

import java.time.Instant;

import dev.kennel.identity.AccountId;
import dev.kennel.mail.Mailbox;

/**
 * The verified address that an account had before its present one, while it still speaks
 * for the account.
 *
 * @param account the account
 * @param email the address
 * @param verifiedAt when it was verified
 */
record FormerEmail(AccountId account, String email, Instant verifiedAt) {

	/**
	 * Returns whether it is this address, whatever the case and the spelling of the
	 * domain.
	 */
	boolean is(String address) {
		return Mailbox.key(this.email).equals(Mailbox.key(address));
	}

	/** Says nothing of the address, so that it is in no log. */
	@Override
	public String toString() {
		return "FormerEmail[account=" + this.account + "]";
	}

}
