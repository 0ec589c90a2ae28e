package dev.kennel.database;

import java.sql.DriverManager;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class DatabaseRefusedFailureAnalyzerTests {

	@Test
	void unreachableDatabaseIsReportedWithItsSettings() {
		// Nothing listens on port 1 by chance.
		SQLException refused = catchThrowableOfType(SQLException.class,
				() -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/none?password=secret"));

		FailureAnalysis analysis = new DatabaseRefusedFailureAnalyzer()
			.analyze(new IllegalStateException("Error starting Tomcat context", new RuntimeException(refused)));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("127.0.0.1:1 refused").doesNotContain("secret");
		assertThat(analysis.getAction()).contains("spring.datasource.url");
	}

	@Test
	void parameterThatPgBouncerRefusesIsExplained() {
		SQLException refused = new SQLException("FATAL: unsupported startup parameter: search_path", "08P01");

		FailureAnalysis analysis = new DatabaseRefusedFailureAnalyzer().analyze(new IllegalStateException(refused));

		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction()).contains("ALTER ROLE … SET search_path");
	}

	@Test
	void failedStatementIsNotAnalyzed() {
		SQLException syntax = new SQLException("syntax error", "42601");

		assertThat(new DatabaseRefusedFailureAnalyzer().analyze(new IllegalStateException(syntax))).isNull();
	}

}
