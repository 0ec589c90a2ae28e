package dev.kennel.session;

/** There is no key to sign tokens with that is any good. */
class SigningKeyMissingException extends RuntimeException {

	SigningKeyMissingException(String message) {
		super(message);
	}

}
