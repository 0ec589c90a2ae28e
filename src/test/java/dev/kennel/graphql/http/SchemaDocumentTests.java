package dev.kennel.graphql.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.SchemaParser;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The schema as it is published. {@code mvn test -Dtest=SchemaDocumentTests
 * -Dsnapshots=write} writes the file anew.
 */
@KennelTest
class SchemaDocumentTests {

	private static final Path FILE = Path.of("clients/schema.graphql");

	private final Api api;

	private final GraphQLSchema schema;

	SchemaDocumentTests(Api api, GraphQlSource source) {
		this.api = api;
		this.schema = source.schema();
	}

	private Api.Answer get(Map<String, String> headers) {
		return this.api.send("GET", "/graphql/schema.graphql", new byte[0], headers);
	}

	@Test
	void theSchemaIsThatOnFile() throws IOException {
		String document = get(Map.of()).body();
		if ("write".equals(System.getProperty("snapshots"))) {
			Files.writeString(FILE, document);
		}

		assertThat(document).isEqualTo(Files.exists(FILE) ? Files.readString(FILE) : "");
	}

	@Test
	void whatCanBeDoneWithItIsToldToWhoDoesSomethingElse() {
		Api.Answer answer = this.api.send("PUT", "/graphql/schema.graphql", new byte[0], Map.of());

		assertThat(answer.status()).isEqualTo(405);
		assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
	}

	@Test
	void itHasAllThatPeopleAndProgramsNeed() {
		String document = get(Map.of()).body();

		assertThat(new SchemaParser().parse(document).types().keySet()).contains("Query", "Mutation", "Subscription",
				"Dog", "DogFilter", "OrderDirection");
		assertThat(document).contains(this.schema.getObjectType("Dog").getDescription())
			.doesNotContain("__Type", "directive @include", "directive @deprecated");
	}

	@Test
	void itIsAskedForAndSentOnce() {
		Api.Answer first = get(Map.of());

		assertThat(first.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
		assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
		Api.Answer again = get(Map.of("If-None-Match", first.header("ETag")));
		assertThat(again.status()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		assertThat(get(Map.of("If-None-Match", "W/\"other\"")).status()).isEqualTo(200);
		assertThat(get(Map.of("Accept-Encoding", "gzip")).header("Content-Encoding")).isEqualTo("gzip");
	}

}
