package dev.kennel.session.login;

import org.jspecify.annotations.Nullable;

/**
 * The input of {@code finishLogin}.
 *
 * @param challenge the token of the challenge
 * @param code a one-time code; null for none
 * @param recoveryCode a recovery code; null for none
 * @param deviceToken the device token of an earlier log-in; null for none
 */
record FinishLoginInput(String challenge, @Nullable String code, @Nullable String recoveryCode,
		@Nullable String deviceToken) {

	/** Omits the codes and tokens. */
	@Override
	public String toString() {
		return "FinishLoginInput[]";
	}

}
