package dev.kennel.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports what a connection pooler does not support, and what to set instead. */
class UnsupportedPoolerFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedPoolerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedPoolerException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.action(), cause);
	}

}
