package dev.kennel.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SecurityEventTests {

	@Test
	void documentationListsEveryEventAndNoOther() throws IOException {
		String page = Files.readString(Path.of("docs/operations.md"));
		String list = page.substring(page.indexOf("\nEvents are "), page.indexOf(" Those of a passkey "));

		assertThat(Pattern.compile("`([a-z-]+)`").matcher(list).results().map((MatchResult match) -> match.group(1)))
			.containsExactlyInAnyOrderElementsOf(Stream.of(SecurityEvent.values()).map(SecurityEvent::text).toList());
	}

}
