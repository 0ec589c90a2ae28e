package dev.kennel.account.profile;

import dev.kennel.account.Username;
import dev.kennel.account.email.EmailAddress;
import dev.kennel.account.password.AcceptablePassword;
import dev.kennel.mail.Mailbox;
import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code signup}.
 *
 * @param username the name to log in with
 * @param email the email address
 * @param password the password
 */
public record SignupInput(@Username String username, @EmailAddress String email, @AcceptablePassword String password) {

	public SignupInput {
		username = TextNormalizer.clean(username);
		email = Mailbox.canonical(TextNormalizer.clean(email));
		password = TextNormalizer.opaqueString(password);
	}

	/**
	 * Omits the email address and the password.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "SignupInput[username=" + this.username + "]";
	}

}
