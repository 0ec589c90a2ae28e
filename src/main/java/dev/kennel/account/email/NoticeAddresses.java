package dev.kennel.account.email;

import dev.kennel.account.AccountService;
import dev.kennel.account.User;
import dev.kennel.identity.AccountId;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Finds the addresses that mails about the security of accounts go to. */
@Component
public class NoticeAddresses {

	private final AccountService accounts;

	private final FormerEmailRepository formerEmails;

	private final RateLimiter rateLimiter;

	NoticeAddresses(AccountService accounts, FormerEmailRepository formerEmails, RateLimiter rateLimiter) {
		this.accounts = accounts;
		this.formerEmails = formerEmails;
		this.rateLimiter = rateLimiter;
	}

	/**
	 * Finds the address of an account.
	 * @param account the account
	 * @return the former address while it is authoritative, otherwise the present one;
	 * null if the account has been deleted
	 */
	public @Nullable String find(AccountId account) {
		User user = this.accounts.find(account);
		FormerEmail former = (user != null) ? this.formerEmails.find(account) : null;
		if (former != null) {
			return former.email();
		}
		return (user != null) ? user.email() : null;
	}

	/**
	 * Charges a mail that others may cause to the address of an account: three at once,
	 * and then one every five minutes. No transaction is open.
	 * @param account the account
	 * @param kind the kind of the mail
	 * @return whether there is an address, and the mail may be sent
	 */
	public boolean tryCharge(AccountId account, String kind) {
		String address = find(account);
		return address != null && this.rateLimiter.mail(kind, address).isZero();
	}

}
