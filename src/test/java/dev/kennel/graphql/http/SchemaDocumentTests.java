package dev.kennel.graphql.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.introspection.IntrospectionQuery;
import graphql.introspection.IntrospectionResultToSchema;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLUnionType;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.UnExecutableSchemaGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The published schema. {@code mvn test -Dtest=SchemaDocumentTests -Dsnapshots=write}
 * rewrites the file.
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

	private Api.Response get(Map<String, String> headers) {
		return this.api.send("GET", "/graphql/schema.graphql", new byte[0], headers);
	}

	@Test
	void schemaMatchesTheCommittedFile() throws IOException {
		String document = get(Map.of()).body();
		if ("write".equals(System.getProperty("snapshots"))) {
			Files.writeString(FILE, document);
		}

		assertThat(document).as("%s differs: -Dsnapshots=write writes it anew", FILE)
			.isEqualTo(Files.exists(FILE) ? Files.readString(FILE) : "");
	}

	@Test
	void otherMethodsAreRejectedWithAllow() {
		Api.Response response = this.api.send("PUT", "/graphql/schema.graphql", new byte[0], Map.of());

		assertThat(response.status()).isEqualTo(405);
		assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
	}

	@Test
	void documentHasTypesAndDescriptions() {
		String document = get(Map.of()).body();

		assertThat(new SchemaParser().parse(document).types().keySet()).contains("Query", "Mutation", "Subscription",
				"Dog", "DogFilter", "OrderDirection");
		assertThat(document).contains(this.schema.getObjectType("Dog").getDescription())
			.doesNotContain("__Type", "directive @include", "directive @deprecated");
	}

	@Test
	void documentMatchesIntrospection() {
		String document = get(Map.of()).body();
		JsonNode introspection = this.api.execute(IntrospectionQuery.INTROSPECTION_QUERY).data();
		List<String> directives = new ArrayList<>();
		introspection.at("/__schema/directives")
			.forEach((directive) -> directives.add(directive.get("name").asString()));
		Map<String, Object> result = new JsonMapper().convertValue(introspection, new TypeReference<>() {
		});
		GraphQLSchema introspected = UnExecutableSchemaGenerator.makeUnExecutableSchema(
				new SchemaParser().buildRegistry(new IntrospectionResultToSchema().createSchemaDefinition(result)));

		assertThat(directives).containsExactlyInAnyOrder("defer", "deprecated", "include", "oneOf", "skip",
				"specifiedBy", "stream", "experimental_disableErrorPropagation", "semanticNonNull");
		assertThat(new SchemaParser().parse(document).getDirectiveDefinitions()).containsOnlyKeys("defer", "stream",
				"experimental_disableErrorPropagation", "semanticNonNull");
		// graphql-java does not read specifiedBy from introspection, which has no other
		// directive that is applied.
		assertThat(withoutDefer(SchemaDocument.print(introspected)))
			.isEqualTo(withoutDefer(document.replaceAll(" @(specifiedBy|semanticNonNull)\\(.*\\)", "")));
		assertThat(introspection.toString()).contains("Delivers a fragment after the result that it is part of");
	}

	/** graphql-java does not read its definition from introspection either. */
	private static String withoutDefer(String sdl) {
		assertThat(sdl).contains("directive @defer(");
		return sdl.replaceAll("(?s)(\"\"\"[^\"]*\"\"\"|\"[^\"]*\")\\R+directive @defer\\(.*?\\) on [A-Z_| ]+\\R", "");
	}

	@Test
	void payloadsOfMutationsAreSemanticallyNonNull() {
		assertThat(this.schema.getMutationType().getFieldDefinitions()).hasSizeGreaterThan(10).allSatisfy((field) -> {
			assertThat(field.getType()).isInstanceOfAny(GraphQLObjectType.class, GraphQLUnionType.class);
			assertThat(field.hasAppliedDirective("semanticNonNull")).isTrue();
		});
		assertThat(get(Map.of()).body()).contains("  ): CreateOwnerPayload @semanticNonNull(levels : [0])\n");
	}

	@Test
	void disableErrorPropagationDirectiveIsSupported() {
		String document = "{ myOwners { nodes { id } } }";

		assertThat(this.api.execute(document).json().get("data").toString()).isEqualTo("null");
		assertThat(this.api.execute("query @experimental_disableErrorPropagation " + document)
			.json()
			.get("data")
			.toString()).isEqualTo("{\"myOwners\":null}");
	}

	@Test
	void documentIsRevalidatedAndCompressed() {
		Api.Response first = get(Map.of());

		assertThat(first.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
		assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
		Api.Response again = get(Map.of("If-None-Match", first.header("ETag")));
		assertThat(again.status()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		assertThat(get(Map.of("If-None-Match", "W/\"other\"")).status()).isEqualTo(200);
		assertThat(get(Map.of("Accept-Encoding", "gzip")).header("Content-Encoding")).isEqualTo("gzip");
	}

}
