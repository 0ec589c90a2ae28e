package dev.kennel.graphql.document;

/** Thrown at startup if the trusted documents are not usable. */
class TrustedDocumentException extends RuntimeException {

	TrustedDocumentException(String message) {
		super(message);
	}

}
