package dev.kennel.account;

import dev.kennel.mail.Letter;
import dev.kennel.mail.LetterWriter;

import org.springframework.stereotype.Component;

/** Tells an address that it is an account's no longer. */
@Component
class EmailChangedLetter implements LetterWriter {

	static final String KIND = "email-changed";

	@Override
	public String kind() {
		return KIND;
	}

	/** The subject is the old address. */
	@Override
	public Letter write(String subject) {
		return new Letter(subject, "Your Kennel account has another email address now",
				"""
						Hello,

						the email address of your Kennel account was changed. Mails about the account go to the new address from
						now on, and no longer to this one.

						If it was you, there is nothing to do. If it was not, somebody else has access to your account: log in,
						change the password, and end the sessions that you do not know. If you can't log in any more, ask whoever
						runs this service for help.
						""");
	}

}
