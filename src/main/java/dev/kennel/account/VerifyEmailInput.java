package dev.kennel.account;

/**
 * A token from a mail.
 *
 * @param token the token
 */
record VerifyEmailInput(String token) {

	VerifyEmailInput {
		token = token.strip();
	}

	@Override
	public String toString() {
		return "VerifyEmailInput[]";
	}

}
