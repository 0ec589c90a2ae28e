package dev.kennel.session.login;

import dev.kennel.account.email.EmailAddress;
import dev.kennel.mail.Mailbox;
import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code requestEmailLogin}.
 *
 * @param email the email address of the account
 */
record RequestEmailLoginInput(@EmailAddress String email) {

	RequestEmailLoginInput {
		email = Mailbox.canonical(TextNormalizer.clean(email));
	}

	@Override
	public String toString() {
		return "RequestEmailLoginInput[]";
	}

}
