package dev.kennel.session;

import dev.kennel.graphql.input.InputText;

/**
 * The proof that the account's owner is the one who asks.
 *
 * @param password the account's password
 */
record ReauthenticateInput(String password) {

	ReauthenticateInput {
		password = InputText.normalize(password);
	}

	@Override
	public String toString() {
		return "ReauthenticateInput[]";
	}

}
