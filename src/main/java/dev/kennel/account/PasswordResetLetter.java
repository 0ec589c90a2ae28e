package dev.kennel.account;

import dev.kennel.database.CaseFolding;
import dev.kennel.graphql.http.WebProperties;
import dev.kennel.mail.Letter;
import dev.kennel.mail.LetterWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Brings the token with which a password can be set anew. */
@Component
class PasswordResetLetter implements LetterWriter {

	static final String KIND = "password-reset";

	private final UserRepository users;

	private final OneTimeTokenRepository tokens;

	private final WebProperties web;

	private final TransactionOperations transaction;

	PasswordResetLetter(UserRepository users, OneTimeTokenRepository tokens, WebProperties web,
			TransactionOperations transaction) {
		this.users = users;
		this.tokens = tokens;
		this.web = web;
		this.transaction = transaction;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** The subject is the address; most likely, but not surely, an account's. */
	@Override
	public @Nullable Letter write(String subject) {
		// What can be nobody's address is not looked up: the store would refuse some of
		// it.
		String key = CaseFolding.key(subject);
		UserEntity found = (subject.matches(EmailAddress.PATTERN) && subject.indexOf('\0') < 0)
				? this.users.findByEmailKey(key) : null;
		return (found != null) ? this.transaction.execute((status) -> {
			// The address may have changed meanwhile, and then it gets no token.
			UserEntity user = this.users.lock(found.getId());
			return (user != null && user.isEmailTrusted() && CaseFolding.key(user.email()).equals(key)) ? write(user)
					: null;
		}) : null;
	}

	private Letter write(UserEntity user) {
		OneTimeToken token = this.tokens.issue(user.account(), TokenPurpose.PASSWORD_RESET);
		// After the number sign: browsers keep that to themselves, so that the token is
		// in no server's log.
		return new Letter(user.email(), "Set a new password for Kennel", """
				Hello %s,

				somebody, most likely you, wants to set a new password for your Kennel account. To do so, open this page
				within an hour:

				%s

				If it was not you, there is nothing to do: without this mail nobody can change anything.
				""".formatted(user.username(), this.web.page("/reset-password#token=" + token.value())));
	}

}
