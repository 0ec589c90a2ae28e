package dev.kennel.account;

import java.util.UUID;

import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The mail with the token that verifies an address. */
@Component
class EmailVerificationMail implements MailTemplate {

	static final String KIND = "email-verification";

	private final UserRepository users;

	private final OneTimeTokenRepository tokens;

	private final MailLinks links;

	private final TransactionOperations transaction;

	EmailVerificationMail(UserRepository users, OneTimeTokenRepository tokens, MailLinks links,
			TransactionOperations transaction) {
		this.users = users;
		this.tokens = tokens;
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
			return (user != null && !user.isEmailVerified()) ? write(user) : null;
		});
	}

	private MailMessage write(UserEntity user) {
		OneTimeToken token = this.tokens.issue(user.account(), TokenPurpose.EMAIL_VERIFICATION);
		return new MailMessage(user.email(), "Confirm your email address for Kennel", """
				Hello %s,

				to confirm that this is your email address, open this page within a day:

				%s

				If you have no Kennel account, there is nothing to do.
				""".formatted(user.username(), this.links.to("verify-email", token)));
	}

}
