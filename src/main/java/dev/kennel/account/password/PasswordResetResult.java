package dev.kennel.account.password;

import dev.kennel.identity.AccountId;

/**
 * The result of a password reset.
 *
 * @param account the account, all of whose sessions were revoked
 * @param deviceToken the token of the device that has set the password
 */
record PasswordResetResult(AccountId account, String deviceToken) {

	@Override
	public String toString() {
		return "PasswordResetResult[account=" + this.account + "]";
	}

}
