package dev.kennel.account;

import java.util.UUID;

import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The mail with the token that restores a former address. */
@Component
class EmailRestorationMail implements MailTemplate {

	static final String KIND = "email-restoration";

	private final UserRepository users;

	private final FormerEmailRepository formerEmails;

	private final MailLinks links;

	private final TransactionOperations transaction;

	EmailRestorationMail(UserRepository users, FormerEmailRepository formerEmails, MailLinks links,
			TransactionOperations transaction) {
		this.users = users;
		this.formerEmails = formerEmails;
		this.links = links;
		this.transaction = transaction;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** The subject is the account's key. */
	@Override
	public @Nullable MailMessage write(String subject) {
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(UUID.fromString(subject));
			FormerEmail former = (user != null) ? this.formerEmails.find(user.account()) : null;
			return (user != null && former != null) ? write(user, former) : null;
		});
	}

	private MailMessage write(UserEntity user, FormerEmail former) {
		OneTimeToken token = this.formerEmails.issueToken(former);
		return new MailMessage(former.email(), "Your Kennel account has another email address now",
				"""
						Hello %s,

						the email address of your Kennel account was changed, with the account's password, and the new address is
						confirmed.

						If it was you, there is nothing to do.

						If it was not, open this page within seven days. It restores this address, and logs the account out
						everywhere. A link to set a new password follows.

						%s
						"""
					.formatted(user.username(), this.links.to("restore-email", token)));
	}

}
