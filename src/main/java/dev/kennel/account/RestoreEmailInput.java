package dev.kennel.account;

/**
 * A token from the mail that tells of a changed address.
 *
 * @param token the token
 */
record RestoreEmailInput(String token) {

	RestoreEmailInput {
		token = token.strip();
	}

	@Override
	public String toString() {
		return "RestoreEmailInput[]";
	}

}
