package dev.kennel.account;

import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.mail.Letter;
import dev.kennel.mail.LetterWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Tells an address that it is an account's no longer. */
@Component
class EmailChangedLetter implements LetterWriter {

	static final String KIND = "email-changed";

	private final ProfileRepository profiles;

	EmailChangedLetter(ProfileRepository profiles) {
		this.profiles = profiles;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** What such a letter is ordered with. */
	static String subject(AccountId account, String oldAddress) {
		return account.value() + " " + oldAddress;
	}

	/** The subject is the account and its old address. */
	@Override
	public @Nullable Letter write(String subject) {
		String[] parts = subject.split(" ", 2);
		// Of an account that has been deleted since nobody has to be told.
		return (this.profiles.find(new AccountId(UUID.fromString(parts[0]))) != null) ? letter(parts[1]) : null;
	}

	private static Letter letter(String oldAddress) {
		return new Letter(oldAddress, "Your Kennel account has another email address now",
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
