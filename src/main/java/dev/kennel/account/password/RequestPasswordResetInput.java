package dev.kennel.account.password;

import dev.kennel.account.email.EmailAddress;
import dev.kennel.mail.Mailbox;
import dev.kennel.text.TextNormalizer;
import org.hibernate.validator.constraints.CodePointLength;

/**
 * The input of {@code requestPasswordReset}.
 *
 * @param email the email address of the account
 */
record RequestPasswordResetInput(@CodePointLength(max = EmailAddress.MAX_LENGTH,
		message = "An email address has at most 254 characters.") String email) {

	RequestPasswordResetInput {
		email = Mailbox.canonical(TextNormalizer.clean(email));
	}

	@Override
	public String toString() {
		return "RequestPasswordResetInput[]";
	}

}
