package dev.kennel.session;

import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code reauthenticate}.
 *
 * @param password the account's password
 */
record ReauthenticateInput(String password) {

	ReauthenticateInput {
		password = TextNormalizer.normalize(password);
	}

	@Override
	public String toString() {
		return "ReauthenticateInput[]";
	}

}
