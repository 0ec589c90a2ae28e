package dev.kennel.emaillogin;

import dev.kennel.account.AccountService;
import dev.kennel.account.User;
import dev.kennel.account.email.NoticeAddresses;
import dev.kennel.identity.AccountId;
import dev.kennel.secret.Sha256;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Computes digests of the state that a log-in by mail depends on: the password, the
 * address and its verification. If any of them changes, an open log-in ends.
 */
@Component
class EmailLoginFingerprint {

	private final AccountService accounts;

	private final NoticeAddresses addresses;

	EmailLoginFingerprint(AccountService accounts, NoticeAddresses addresses) {
		this.accounts = accounts;
		this.addresses = addresses;
	}

	/**
	 * Returns the fingerprint of a locked account.
	 * @return the fingerprint, or null if no mail may log in to the account: its address
	 * is not verified, or the address that it has replaced can still be restored. An
	 * attacker with the password may have changed it
	 */
	byte @Nullable [] of(User user) {
		AccountId account = user.account();
		return (user.emailVerifiedAt() != null && user.email().equals(this.addresses.find(account)))
				? Sha256.hash(this.accounts.passwordFingerprint(account) + " " + user.emailVerifiedAt().toInstant()
						+ " " + user.email())
				: null;
	}

}
