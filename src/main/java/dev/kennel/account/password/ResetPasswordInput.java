package dev.kennel.account.password;

import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code resetPassword}.
 *
 * @param token the token from the mail
 * @param newPassword the new password
 */
record ResetPasswordInput(String token, @AcceptablePassword String newPassword) {

	ResetPasswordInput {
		token = token.strip();
		newPassword = TextNormalizer.opaqueString(newPassword);
	}

	/**
	 * Omits the token and the password.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "ResetPasswordInput[]";
	}

}
