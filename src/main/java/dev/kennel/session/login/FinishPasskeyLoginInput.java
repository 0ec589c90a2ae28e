package dev.kennel.session.login;

import org.jspecify.annotations.Nullable;

/**
 * The input of {@code finishPasskeyLogin}.
 *
 * @param credential the proof of the passkey, in JSON
 * @param deviceToken the device token of an earlier log-in; null for none
 */
record FinishPasskeyLoginInput(String credential, @Nullable String deviceToken) {

	/** Omits the proof and the token. */
	@Override
	public String toString() {
		return "FinishPasskeyLoginInput[]";
	}

}
