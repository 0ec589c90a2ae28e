package dev.kennel.account;

import dev.kennel.text.TextNormalizer;

/**
 * That somebody means it.
 *
 * @param password the account's password
 */
record DeleteMeInput(String password) {

	DeleteMeInput {
		password = TextNormalizer.normalize(password);
	}

	@Override
	public String toString() {
		return "DeleteMeInput[]";
	}

}
