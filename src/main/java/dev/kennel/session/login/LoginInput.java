package dev.kennel.session.login;

import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * The input of {@code login}. Name and password are authenticated, but not validated.
 *
 * @param username the name to log in with
 * @param password the password
 * @param deviceToken the device token of an earlier log-in; null for none
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
