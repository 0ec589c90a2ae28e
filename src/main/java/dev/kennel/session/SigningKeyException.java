package dev.kennel.session;

/** There is no key to sign tokens with, or one that is no good. */
class SigningKeyException extends RuntimeException {

	private final int index;

	private final SigningAlgorithm algorithm;

	SigningKeyException(String message, int index, SigningAlgorithm algorithm) {
		super(message);
		this.index = index;
		this.algorithm = algorithm;
	}

	/** Which element of {@code kennel.auth.keys} it is about. */
	int index() {
		return this.index;
	}

	/** What kind of key is needed. */
	SigningAlgorithm algorithm() {
		return this.algorithm;
	}

}
