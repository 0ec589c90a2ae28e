package dev.kennel.graphql.document;

/** A document that should be trusted is of no use. */
class TrustedDocumentException extends RuntimeException {

	TrustedDocumentException(String message) {
		super(message);
	}

}
