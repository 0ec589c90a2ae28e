package dev.kennel.account.deletion;

import dev.kennel.text.TextNormalizer;

/**
 * The input of {@code deleteMe}.
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
