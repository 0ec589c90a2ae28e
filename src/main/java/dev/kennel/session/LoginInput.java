package dev.kennel.session;

import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * A name and a password, which are checked for nothing but being somebody's.
 *
 * @param username the name to log in with
 * @param password the password
 * @param deviceToken what an earlier log-in on the same device was given; null for none
 */
record LoginInput(String username, String password, @Nullable String deviceToken) {

	LoginInput {
		username = TextNormalizer.clean(username);
		password = TextNormalizer.normalize(password);
	}

	@Override
	public String toString() {
		return "LoginInput[username=" + this.username + "]";
	}

}
