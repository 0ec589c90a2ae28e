package dev.kennel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Snapshots of each operation in {@code src/test/resources/operations}: its exact
 * response, and the exact statements that it executes. A changed plan shows as a changed
 * file.
 *
 * <p>
 * {@code mvn test -Dtest=OperationTests -Dsnapshots=write} writes the snapshots.
 */
@KennelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationTests {

	private static final Path DIRECTORY = Path.of("src/test/resources/operations");

	private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

	private final Api api;

	private final SqlRecorder sql;

	private final Map<String, String> placeholders = new LinkedHashMap<>();

	private Api ann;

	private Api bob;

	OperationTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
		this.ann = api;
		this.bob = api;
	}

	static Stream<String> operations() throws IOException {
		try (Stream<Path> files = Files.list(DIRECTORY)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".graphql"))
				.map((name) -> name.substring(0, name.length() - ".graphql".length()))
				.sorted()
				.toList()
				.stream();
		}
	}

	@BeforeAll
	void addOwnersAndDogs() {
		this.ann = this.api.signUp();
		this.bob = this.api.signUp("bob-" + System.nanoTime());
		this.placeholders.put(this.ann.execute("{ me { id } }").text("/me/id"), "<user>");
		this.placeholders.put(this.ann.execute("{ me { username } }").text("/me/username"), "<username>");
		Map<String, List<List<String>>> dogs = new LinkedHashMap<>();
		dogs.put("Ann", List.of(List.of("Rex", "Collie", "2020-02-29"), List.of("bello", "", ""),
				List.of("Zorro", "Pug", "2019-01-01")));
		dogs.put("bob", List.of(List.of("Rex", "collie mix", "")));
		dogs.put("Cleo", List.of());
		dogs.forEach((owner, ownersDogs) -> {
			String ownerId = this.ann.createOwner(owner);
			this.placeholders.put(ownerId, "<" + owner + ">");
			for (List<String> dog : ownersDogs) {
				Map<String, String> input = new LinkedHashMap<>(Map.of("ownerId", ownerId, "name", dog.getFirst()));
				if (!dog.get(1).isEmpty()) {
					input.put("breed", dog.get(1));
				}
				if (!dog.get(2).isEmpty()) {
					input.put("birthDate", dog.get(2));
				}
				this.placeholders.put(this.ann.createDog(input), "<" + dog.getFirst() + " of " + owner + ">");
			}
		});
	}

	@ParameterizedTest
	@MethodSource("operations")
	void responseAndStatementsMatchTheSnapshots(String operation) throws IOException {
		String document = Files.readString(DIRECTORY.resolve(operation + ".graphql"));
		for (Map.Entry<String, String> name : this.placeholders.entrySet()) {
			document = document.replace(name.getValue(), name.getKey());
		}
		document = withCursors(document);
		String sent = document;
		// Mutations have an account of their own, so that they don't change the responses
		// of queries.
		Api sender = document.startsWith("mutation") ? this.bob : this.ann;
		AtomicReference<String> response = new AtomicReference<>("");

		List<String> statements = this.sql
			.record(() -> response.set(JSON.writeValueAsString(sender.execute(sent).json())));

		assertMatches(operation + ".json", normalize(response.get()) + "\n");
		assertMatches(operation + ".sql", statements.isEmpty() ? "" : String.join(";\n", statements) + ";\n");
	}

	/** Replaces placeholders with the cursors of another document's list. */
	private String withCursors(String document) {
		Matcher matcher = Pattern.compile("<(startCursor|endCursor) of (.*)>").matcher(document);
		return matcher.replaceAll((match) -> {
			String list = match.group(2);
			String field = list.substring(0, list.indexOf('('));
			return this.ann.execute("{ " + list + " { pageInfo { " + match.group(1) + " } } }")
				.text("/" + field + "/pageInfo/" + match.group(1));
		});
	}

	private String normalize(String response) {
		String text = response;
		for (Map.Entry<String, String> name : this.placeholders.entrySet()) {
			text = text.replace(name.getKey(), name.getValue());
		}
		return text.replaceAll("\"bob-\\d+\"", "\"<other username>\"")
			.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
			.replaceAll("(\"[a-zA-Z]*[cC]ursor\" : )\"[^\"]*\"", "$1\"<cursor>\"");
	}

	private static void assertMatches(String file, String content) throws IOException {
		Path path = DIRECTORY.resolve(file);
		if ("write".equals(System.getProperty("snapshots"))) {
			Files.writeString(path, content);
		}
		assertThat(content).as("%s differs: -Dsnapshots=write writes it anew", path)
			.isEqualTo(Files.exists(path) ? Files.readString(path) : "");
	}

}
