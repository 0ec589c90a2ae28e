package dev.kennel.account.password;

import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code changePassword}.
 *
 * @param currentPassword the account's current password
 * @param newPassword the new password
 */
record ChangePasswordInput(String currentPassword, @AcceptablePassword String newPassword) {

	ChangePasswordInput {
		currentPassword = TextNormalizer.normalize(currentPassword);
		newPassword = TextNormalizer.opaqueString(newPassword);
	}

	/**
	 * Omits the passwords.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "ChangePasswordInput[]";
	}

}
