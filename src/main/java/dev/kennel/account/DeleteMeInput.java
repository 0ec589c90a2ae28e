package dev.kennel.account;

import dev.kennel.text.InputText;

/**
 * That somebody means it.
 *
 * @param password the account's password
 */
record DeleteMeInput(String password) {

	DeleteMeInput {
		password = InputText.normalize(password);
	}

	@Override
	public String toString() {
		return "DeleteMeInput[]";
	}

}
