package dev.kennel.account;

import dev.kennel.text.TextNormalizer;

/**
 * A token from a mail, and the new password.
 *
 * @param token the token
 * @param newPassword the password that shall be
 */
public record ResetPasswordInput(String token, @AcceptablePassword String newPassword) {

	public ResetPasswordInput {
		token = token.strip();
		newPassword = TextNormalizer.opaqueString(newPassword);
	}

	/**
	 * Names neither the account nor a secret.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "ResetPasswordInput[]";
	}

}
