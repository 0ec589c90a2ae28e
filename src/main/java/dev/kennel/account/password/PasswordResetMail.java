package dev.kennel.account.password;

import java.nio.charset.StandardCharsets;

import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.email.FormerEmail;
import dev.kennel.account.email.FormerEmailRepository;
import dev.kennel.account.link.MailLinks;
import dev.kennel.account.link.OneTimeTokenRepository;
import dev.kennel.account.link.TokenPurpose;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import dev.kennel.mail.Mailbox;
import dev.kennel.secret.OneTimeToken;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The mail with the token that resets a password. */
@Component
class PasswordResetMail implements MailTemplate {

	static final String KIND = "password-reset";

	private final UserRepository users;

	private final FormerEmailRepository formerEmails;

	private final OneTimeTokenRepository tokens;

	private final MailLinks links;

	private final TransactionOperations transaction;

	PasswordResetMail(UserRepository users, FormerEmailRepository formerEmails, OneTimeTokenRepository tokens,
			MailLinks links, TransactionOperations transaction) {
		this.users = users;
		this.formerEmails = formerEmails;
		this.tokens = tokens;
		this.links = links;
		this.transaction = transaction;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/**
	 * The subject is the requested address, which may not be that of an account.
	 */
	@Override
	public @Nullable MailMessage write(String subject) {
		// PostgreSQL would reject the text.
		boolean possible = subject.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(subject);
		AccountId account = possible ? find(subject) : null;
		return (account != null) ? this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(account.value());
			return (user != null) ? write(user, subject) : null;
		}) : null;
	}

	private @Nullable AccountId find(String address) {
		UserEntity user = this.users.findByEmail(address);
		return (user != null) ? user.account() : this.formerEmails.findByEmail(address);
	}

	/**
	 * The link goes to the former address while that is authoritative, whichever of both
	 * was requested: an attacker with the password can change the address, but not
	 * redirect the link, for as long as the change can be undone. An unverified current
	 * address receives no link, unless it is that of the sign-up.
	 */
	private @Nullable MailMessage write(UserEntity user, String subject) {
		FormerEmail former = this.formerEmails.find(user.account());
		boolean isCurrent = user.isEmailTrusted() && Mailbox.key(user.email()).equals(Mailbox.key(subject));
		if (former != null) {
			return (isCurrent || former.matches(subject)) ? message(user, former.email(), true) : null;
		}
		// The address may have changed since the account was found.
		return isCurrent ? message(user, user.email(), user.isEmailVerified()) : null;
	}

	/**
	 * Names the account, which logs in by its username, only if the address is verified:
	 * a stranger's username may be a text, or the name of a host, for its recipient.
	 */
	private MailMessage message(UserEntity user, String address, boolean verified) {
		OneTimeToken token = this.tokens.issue(user.account(), TokenPurpose.PASSWORD_RESET);
		return new MailMessage(address, "Set a new password for Kennel", """
				Hello,

				somebody, most likely you, wants to set a new password for your Kennel account. To do so, open this page
				within an hour:

				%s
				%s
				If it was not you, there is nothing to do: without this mail nobody can change anything.
				""".formatted(this.links.to("reset-password", token),
				verified ? "\nThe username of the account is \"%s\".\n".formatted(user.username()) : ""));
	}

}
