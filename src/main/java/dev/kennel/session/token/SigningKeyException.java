package dev.kennel.session.token;

/** Thrown if a signing key is missing or invalid. */
class SigningKeyException extends RuntimeException {

	private final int index;

	private final SigningAlgorithm algorithm;

	SigningKeyException(String message, int index, SigningAlgorithm algorithm) {
		super(message);
		this.index = index;
		this.algorithm = algorithm;
	}

	/** Returns the index in {@code kennel.auth.keys}. */
	int index() {
		return this.index;
	}

	/** Returns the algorithm of the required key. */
	SigningAlgorithm algorithm() {
		return this.algorithm;
	}

}
