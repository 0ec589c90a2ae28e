package dev.kennel.account.email;

/**
 * The input of {@code verifyEmail}.
 *
 * @param token the token from the mail
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
