package dev.kennel.account;

import dev.kennel.graphql.input.InputText;

/**
 * A token from a mail, and the new password.
 *
 * @param token the token
 * @param newPassword the password that shall be
 */
record ResetPasswordInput(String token, @AcceptablePassword String newPassword) {

	ResetPasswordInput {
		token = token.strip();
		newPassword = InputText.normalize(newPassword);
	}

	@Override
	public String toString() {
		return "ResetPasswordInput[]";
	}

}
