package dev.kennel.session.reauthentication;

import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * The input of {@code reauthenticate}: one proof.
 *
 * @param password the account's password; null for none
 * @param code a one-time code; null for none
 * @param recoveryCode a recovery code; null for none
 * @param passkey a proof by a passkey, in JSON; null for none
 */
record ReauthenticateInput(@Nullable String password, @Nullable String code, @Nullable String recoveryCode,
		@Nullable String passkey) {

	ReauthenticateInput {
		password = (password != null) ? TextNormalizer.normalize(password) : null;
	}

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "ReauthenticateInput[]";
	}

}
