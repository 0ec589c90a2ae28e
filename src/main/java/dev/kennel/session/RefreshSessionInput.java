package dev.kennel.session;

/**
 * What a session is kept alive with.
 *
 * @param refreshToken the refresh token
 */
record RefreshSessionInput(String refreshToken) {

	@Override
	public String toString() {
		return "RefreshSessionInput[]";
	}

}
