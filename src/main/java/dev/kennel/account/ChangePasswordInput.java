package dev.kennel.account;

import dev.kennel.graphql.input.InputText;

/**
 * The old and the new password.
 *
 * @param currentPassword the one that is good now
 * @param newPassword the one that shall be
 */
record ChangePasswordInput(String currentPassword, @AcceptablePassword String newPassword) {

	ChangePasswordInput {
		currentPassword = InputText.normalize(currentPassword);
		newPassword = InputText.normalize(newPassword);
	}

	@Override
	public String toString() {
		return "ChangePasswordInput[]";
	}

}
