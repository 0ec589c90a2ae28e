package dev.kennel.account;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Finds the addresses that mails about the security of accounts go to. */
@Component
public class NoticeAddresses {

	private final ProfileRepository profiles;

	private final FormerEmailRepository formerEmails;

	NoticeAddresses(ProfileRepository profiles, FormerEmailRepository formerEmails) {
		this.profiles = profiles;
		this.formerEmails = formerEmails;
	}

	/**
	 * Finds the address of an account.
	 * @param account the account
	 * @return the former address while it is authoritative, otherwise the present one;
	 * null if the account has been deleted
	 */
	public @Nullable String find(AccountId account) {
		User user = this.profiles.find(account);
		FormerEmail former = (user != null) ? this.formerEmails.find(account) : null;
		if (former != null) {
			return former.email();
		}
		return (user != null) ? user.email() : null;
	}

}
