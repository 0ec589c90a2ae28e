package dev.kennel.session;

/**
 * The input of {@code refreshSession}.
 *
 * @param refreshToken the refresh token
 */
record RefreshSessionInput(String refreshToken) {

	@Override
	public String toString() {
		return "RefreshSessionInput[]";
	}

}
