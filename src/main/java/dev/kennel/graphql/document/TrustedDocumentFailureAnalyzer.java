package dev.kennel.graphql.document;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a failed startup with the trusted document that caused it. */
class TrustedDocumentFailureAnalyzer extends AbstractFailureAnalyzer<TrustedDocumentException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TrustedDocumentException cause) {
		return new FailureAnalysis("The trusted documents can't be used: " + cause.getMessage(),
				"Correct what kennel.graphql.trusted-documents.location names: a manifest that "
						+ "@apollo/generate-persisted-query-manifest has made for this schema, or a directory with "
						+ ".graphql files.",
				cause);
	}

}
