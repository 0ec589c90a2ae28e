package dev.kennel.database.pipeline;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a setting of the JDBC driver that can't be translated. */
class UnsupportedDriverSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedDriverSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedDriverSettingException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Take it out of spring.datasource.url, spring.datasource.hikari.data-source-properties and "
						+ "kennel.database.replica.url. What is understood is in docs/operations.md.",
				cause);
	}

}
