package dev.kennel.database.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports that the data directory is in use, and how to resolve it. */
class DataDirectoryInUseFailureAnalyzer extends AbstractFailureAnalyzer<DataDirectoryInUseException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DataDirectoryInUseException cause) {
		return new FailureAnalysis(
				"The data directory " + cause.directory() + " is in use by another Kennel that is still running.",
				"Stop the other process, or give this one a directory of its own (kennel.data-dir), "
						+ "or point both at one PostgreSQL (spring.datasource.url).",
				cause);
	}

}
