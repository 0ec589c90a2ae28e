package dev.kennel.account.email;

import java.util.UUID;

import dev.kennel.account.AccountService;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The mail that notifies an address of its replacement. */
@Component
class EmailChangedMail implements MailTemplate {

	static final String KIND = "email-changed";

	private final AccountService accounts;

	private final FormerEmailRepository formerEmails;

	EmailChangedMail(AccountService accounts, FormerEmailRepository formerEmails) {
		this.accounts = accounts;
		this.formerEmails = formerEmails;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** Returns the subject of a mail job. */
	static String subject(AccountId account, String oldAddress) {
		return account.value() + " " + oldAddress;
	}

	/** The subject is the account and its old address. */
	@Override
	public @Nullable MailMessage write(String subject) {
		String[] parts = subject.split(" ", 2);
		AccountId account = new AccountId(UUID.fromString(parts[0]));
		if (this.accounts.find(account) == null) {
			// The account has been deleted since.
			return null;
		}
		FormerEmail former = this.formerEmails.find(account);
		return (former != null && former.matches(parts[1])) ? remaining(parts[1]) : replaced(parts[1]);
	}

	private static MailMessage remaining(String oldAddress) {
		return new MailMessage(oldAddress, "Your Kennel account is getting another email address", """
				Hello,

				another email address was entered for your Kennel account, with the account's password. Until the new
				address is confirmed, this one stays the account's own. Then you get a link here with which you can undo
				the change for seven days.

				If it was you, there is nothing to do. If it was not, your password is known to somebody else: log in,
				change it, and end the sessions that you do not know, or ask for a link to set a new password.
				""");
	}

	private static MailMessage replaced(String oldAddress) {
		return new MailMessage(oldAddress, "Your Kennel account has another email address now",
				"""
						Hello,

						your Kennel account has another email address now. Mails about the account do not go to this one any longer.

						If it was you, there is nothing to do. If it was not, somebody else has access to your account: log in,
						change the password, and end the sessions that you do not know. If you can't log in any more, ask for help
						where this service is run.
						""");
	}

}
