package dev.kennel.account.email;

/**
 * The input of {@code restoreEmail}.
 *
 * @param token the token from the mail
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
