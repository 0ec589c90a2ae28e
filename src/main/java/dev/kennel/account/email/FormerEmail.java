package dev.kennel.account.email;

import java.time.Instant;

import dev.kennel.identity.AccountId;
import dev.kennel.mail.Mailbox;

/**
 * The verified address that an account had before its current one, while it is still
 * authoritative.
 *
 * @param account the account
 * @param email the address
 * @param verifiedAt when it was verified
 */
public record FormerEmail(AccountId account, String email, Instant verifiedAt) {

	/**
	 * Returns whether this is the given address, ignoring case and the spelling of the
	 * domain.
	 */
	public boolean matches(String address) {
		return Mailbox.key(this.email).equals(Mailbox.key(address));
	}

	/** Omits the address, which is never logged. */
	@Override
	public String toString() {
		return "FormerEmail[account=" + this.account + "]";
	}

}
