package dev.kennel.session;

import dev.kennel.text.TextNormalizer;

/**
 * The password that proves that a session is the account owner's.
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
