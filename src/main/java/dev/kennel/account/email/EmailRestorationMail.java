package dev.kennel.account.email;

import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.link.MailLinks;
import dev.kennel.mail.MailMessage;
import dev.kennel.secret.OneTimeToken;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The mail with the token that restores a former address. It does not name the account,
 * which a thief of the password may have renamed.
 */
@Component
class EmailRestorationMail extends UserMail {

	static final String KIND = "email-restoration";

	private final FormerEmailRepository formerEmails;

	private final MailLinks links;

	EmailRestorationMail(UserRepository users, FormerEmailRepository formerEmails, MailLinks links,
			TransactionOperations transaction) {
		super(KIND, users, transaction);
		this.formerEmails = formerEmails;
		this.links = links;
	}

	@Override
	@Nullable MailMessage write(UserEntity user) {
		FormerEmail former = this.formerEmails.find(user.account());
		return (former != null) ? write(former) : null;
	}

	private MailMessage write(FormerEmail former) {
		OneTimeToken token = this.formerEmails.issueToken(former);
		return new MailMessage(former.email(), "Your Kennel account has another email address now",
				"""
						Hello,

						the email address of your Kennel account was changed, with the account's password, and the new address is
						confirmed.

						If it was you, there is nothing to do.

						If it was not, open this page within seven days. It restores this address, removes all passkeys of the
						account, and logs it out everywhere. A link to set a new password follows.

						%s
						"""
					.formatted(this.links.to("restore-email", token)));
	}

}
