package dev.kennel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each alert links to its section of the operations manual, and has a test in which it
 * fires.
 */
class AlertsTests {

	private static List<String> matches(String pattern, String file) throws IOException {
		return Pattern.compile(pattern, Pattern.MULTILINE)
			.matcher(Files.readString(Path.of(file)))
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
	}

	@Test
	void everyAlertIsDocumentedAndTested() throws IOException {
		List<String> alerts = matches("^ +- alert: (\\w+)$", "deploy/observability/rules.yaml");

		assertThat(alerts).isNotEmpty().containsExactlyElementsOf(matches("^### (Kennel\\w+)$", "docs/operations.md"));
		assertThat(matches("^ +alertname: (\\w+)\n +exp_alerts:$", "deploy/observability/rules.test.yaml"))
			.containsAll(alerts);
		assertThat(matches("^ +runbook: docs/operations.md#(\\w+)$", "deploy/observability/rules.yaml"))
			.containsExactlyElementsOf(alerts.stream().map((alert) -> alert.toLowerCase(Locale.ROOT)).toList());
	}

}
