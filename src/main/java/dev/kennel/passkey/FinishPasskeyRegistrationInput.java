package dev.kennel.passkey;

import dev.kennel.text.ShortText;
import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * The input of {@code finishPasskeyRegistration}.
 *
 * @param credential the new credential, in JSON
 * @param name the name of the passkey; null for a default
 */
record FinishPasskeyRegistrationInput(String credential, @Nullable @ShortText String name) {

	FinishPasskeyRegistrationInput {
		name = (name != null) ? TextNormalizer.clean(name) : null;
	}

	/** Omits the credential. */
	@Override
	public String toString() {
		return "FinishPasskeyRegistrationInput[name=" + this.name + "]";
	}

}
