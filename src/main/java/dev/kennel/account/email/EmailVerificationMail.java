package dev.kennel.account.email;

import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.link.MailLinks;
import dev.kennel.account.link.OneTimeTokenRepository;
import dev.kennel.account.link.TokenPurpose;
import dev.kennel.mail.MailMessage;
import dev.kennel.secret.OneTimeToken;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The mail with the token that verifies an address. It does not name the account, whose
 * username may be a text, or the name of a host, for a stranger with this address.
 */
@Component
class EmailVerificationMail extends UserMail {

	static final String KIND = "email-verification";

	private final OneTimeTokenRepository tokens;

	private final MailLinks links;

	EmailVerificationMail(UserRepository users, OneTimeTokenRepository tokens, MailLinks links,
			TransactionOperations transaction) {
		super(KIND, users, transaction);
		this.tokens = tokens;
		this.links = links;
	}

	@Override
	@Nullable MailMessage write(UserEntity user) {
		if (user.isEmailVerified()) {
			return null;
		}
		OneTimeToken token = this.tokens.issue(user.account(), TokenPurpose.EMAIL_VERIFICATION);
		return new MailMessage(user.email(), "Confirm your email address for Kennel",
				"""
						Hello,

						to confirm that this is your email address, open this page within a day:

						%s

						The person who signed up with it knows the password of the account. If that was not you, do not confirm it.
						"""
					.formatted(this.links.to("verify-email", token)));
	}

}
