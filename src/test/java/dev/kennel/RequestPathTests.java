package dev.kennel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The path of a request, as docs/architecture.md lists it. */
@KennelTest
class RequestPathTests {

	private final Api api;

	private final SqlRecorder sql;

	RequestPathTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void architectureListsTheClassesBetweenTheSocketAndTheStatement() throws IOException {
		Api ann = this.api.signUp();
		String query = "{ myOwners { nodes { id } } }";
		// The first request prepares the document, on another thread.
		ann.execute(query);

		List<String> classes = this.sql.callers(() -> ann.execute(query));

		assertThat(documented()).containsExactlyElementsOf(classes);
	}

	private static List<String> documented() throws IOException {
		String page = Files.readString(Path.of("docs/architecture.md"));
		String path = page.substring(page.indexOf("## The path of a request"), page.indexOf("The response returns"));
		return Pattern.compile("^\\d+\\. `(\\w+)`", Pattern.MULTILINE)
			.matcher(path)
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
	}

}
