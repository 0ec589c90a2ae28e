package dev.kennel.account;

import dev.kennel.text.TextNormalizer;

/**
 * The old and the new password.
 *
 * @param currentPassword the one that is good now
 * @param newPassword the one that shall be
 */
public record ChangePasswordInput(String currentPassword, @AcceptablePassword String newPassword) {

	public ChangePasswordInput {
		currentPassword = TextNormalizer.normalize(currentPassword);
		newPassword = TextNormalizer.opaqueString(newPassword);
	}

	/**
	 * Names neither the account nor a secret.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "ChangePasswordInput[]";
	}

}
