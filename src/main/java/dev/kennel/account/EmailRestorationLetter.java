package dev.kennel.account;

import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.http.WebProperties;
import dev.kennel.mail.Letter;
import dev.kennel.mail.LetterWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Brings a former address the token with which it comes back. */
@Component
class EmailRestorationLetter implements LetterWriter {

	static final String KIND = "email-restoration";

	private final UserRepository users;

	private final FormerEmailRepository formerEmails;

	private final WebProperties web;

	private final TransactionOperations transaction;

	EmailRestorationLetter(UserRepository users, FormerEmailRepository formerEmails, WebProperties web,
			TransactionOperations transaction) {
		this.users = users;
		this.formerEmails = formerEmails;
		this.web = web;
		this.transaction = transaction;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** What such a letter is ordered with. */
	static String subject(FormerEmail former) {
		return former.account().value() + " " + former.id();
	}

	/** The subject is the account and the key of its former address. */
	@Override
	public @Nullable Letter write(String subject) {
		String[] parts = subject.split(" ", 2);
		AccountId account = new AccountId(UUID.fromString(parts[0]));
		UUID id = UUID.fromString(parts[1]);
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(account.value());
			if (user == null) {
				return null;
			}
			return this.formerEmails.findAll(account)
				.stream()
				.filter((former) -> former.id().equals(id))
				.findFirst()
				.map((former) -> write(user, former))
				.orElse(null);
		});
	}

	private Letter write(UserEntity user, FormerEmail former) {
		OneTimeToken token = this.formerEmails.issueToken(former);
		return new Letter(former.email(), "Your Kennel account has another email address now",
				"""
						Hello %s,

						the email address of your Kennel account was changed, with the account's password, and the new address is
						confirmed.

						If it was you, there is nothing to do.

						If it was not, open this page within seven days. It restores this address, and logs the account out
						everywhere. A link to set a new password follows.

						%s
						"""
					.formatted(user.username(), this.web.page("/restore-email#token=" + token.value())));
	}

}
