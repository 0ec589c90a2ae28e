package dev.kennel.session.login;

import org.jspecify.annotations.Nullable;

/**
 * The input of {@code finishEmailLogin}.
 *
 * @param browserSecret the secret of the browser that has requested the mail; null if it
 * is in a cookie
 * @param code the code of the mail; null for none
 * @param token the token of its link; null for none
 * @param deviceToken the device token of an earlier log-in; null for none
 */
record FinishEmailLoginInput(@Nullable String browserSecret, @Nullable String code, @Nullable String token,
		@Nullable String deviceToken) {

	/** Omits the code and the tokens. */
	@Override
	public String toString() {
		return "FinishEmailLoginInput[]";
	}

}
