package dev.kennel.graphql.federation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Kennel as a subgraph. {@code npm run test:federation} composes it. */
@KennelTest
@TestPropertySource(properties = "kennel.graphql.federation=true")
class FederationTests {

	private static final String ENTITIES = """
			query ($representations: [_Any!]!) {
			  _entities(representations: $representations) {
			    __typename
			    ... on Owner { name dogs { nodes { name } } }
			    ... on Dog { name owner { id name } }
			    ... on User { username }
			  }
			}""";

	private final Api api;

	private final SqlRecorder sql;

	FederationTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	private static Map<String, Object> reference(String type, Object id) {
		return Map.of("__typename", type, "id", id);
	}

	private static Api.Response entities(Api api, List<?> representations) {
		return api.execute(ENTITIES, Map.of("representations", representations));
	}

	@Test
	void entitiesOfAllTypesAreReturnedInTheOrderOfTheirReferences() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");
		String user = ann.execute("{ me { id } }").text("/me/id");
		String username = ann.execute("{ me { username } }").text("/me/username");

		assertThat(entities(ann,
				List.of(reference("Dog", dog), reference("User", user), reference("Owner", owner),
						reference("Dog", dog)))
			.data()
			.toString())
			.isEqualTo("{\"_entities\":[{\"__typename\":\"Dog\",\"name\":\"Rex\",\"owner\":{\"id\":\"" + owner
					+ "\",\"name\":\"Ann\"}},{\"__typename\":\"User\",\"username\":\"" + username
					+ "\"},{\"__typename\":\"Owner\",\"name\":\"Ann\",\"dogs\":{\"nodes\":[{\"name\":\"Rex\"}]}},"
					+ "{\"__typename\":\"Dog\",\"name\":\"Rex\",\"owner\":{\"id\":\"" + owner
					+ "\",\"name\":\"Ann\"}}]}");
	}

	@Test
	void entitiesOfATypeAreOneStatementHoweverManyThereAre() {
		Api ann = this.api.signUp();
		List<Map<String, Object>> references = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			String owner = ann.createOwner("Owner " + i);
			references.add(reference("Owner", owner));
			references.add(reference("Dog", ann.createDog(owner, "Dog " + i)));
		}
		List<String> names = IntStream.range(0, 30)
			.boxed()
			.flatMap((i) -> Stream.of("Owner " + i, "Dog " + i))
			.toList();

		List<String> statements = this.sql
			.record(() -> assertThat(entities(ann, references).texts("/_entities", "name")).isEqualTo(names));

		assertThat(statements).hasSize(3).filteredOn((statement) -> statement.contains("= ANY (?)")).hasSize(2);
	}

	@Test
	void entitiesAreStreamedAndTheirFragmentsDeferred() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");

		Api.Response response = ann.execute("""
				query ($representations: [_Any!]!) {
				  _entities(representations: $representations) @stream(initialCount: 1) {
				    ... on Dog { owner { id ... @defer { name } } }
				  }
				}""",
				Map.of("representations",
						List.of(reference("Dog", dog), reference("Dog", "dog_00000000000000000000000000"))),
				Map.of("Accept", "multipart/mixed;incrementalSpec=v0.2"));

		assertThat(response.body()).contains(
				"{\"data\":{\"_entities\":[{\"owner\":{\"id\":\"" + owner
						+ "\"}}]},\"pending\":[{\"id\":\"0\",\"path\":[\"_entities\",0,\"owner\"]},"
						+ "{\"id\":\"1\",\"path\":[\"_entities\"]}],\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"0\",\"data\":{\"name\":\"Ann\"}}],\"completed\":[{\"id\":\"0\"}],"
						+ "\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"1\",\"items\":[null]}],\"completed\":[{\"id\":\"1\"}],"
						+ "\"hasNext\":false}");
	}

	@Test
	void entitiesOfAnotherAccountAreNullLikeUnknownOnes() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");
		String user = ann.execute("{ me { id } }").text("/me/id");
		Api bob = this.api.signUp();
		String bobsOwner = bob.createOwner("Bob");

		assertThat(entities(bob,
				List.of(reference("Owner", owner), reference("Dog", dog), reference("User", user),
						reference("Dog", "dog_00000000000000000000000000"), reference("Owner", bobsOwner)))
			.data()
			.toString())
			.isEqualTo("{\"_entities\":[null,null,null,null,{\"__typename\":\"Owner\",\"name\":\"Bob\","
					+ "\"dogs\":{\"nodes\":[]}}]}");
	}

	@Test
	void signedOutCallerGetsNoEntities() {
		String owner = this.api.signUp().createOwner("Ann");

		Api.Response response = entities(this.api, List.of(reference("Owner", owner)));

		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(response.json().get("data").toString()).isEqualTo("null");
	}

	@Test
	void faultyReferenceIsNullWithAnErrorAndHidesNoOther() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = entities(ann,
				List.of(reference("Dog", owner), reference("Owner", owner), reference("Session", owner),
						reference("Owner", "nonsense"), reference("Owner", 1), Map.of("__typename", "Owner"),
						Map.of("id", owner)));

		assertThat(response.json().at("/data/_entities").toString()).isEqualTo("[null,{\"__typename\":\"Owner\","
				+ "\"name\":\"Ann\",\"dogs\":{\"nodes\":[]}},null,null,null,null,null]");
		assertThat(response.codes()).hasSize(6).containsOnly("BAD_USER_INPUT");
		assertThat(response.json()
			.get("errors")
			.valueStream()
			.map((error) -> error.at("/extensions/violations/0/path") + " "
					+ error.at("/extensions/violations/0/code").asString()))
			.containsExactly("[\"representations\",0,\"id\"] ID", "[\"representations\",2,\"__typename\"] TYPE",
					"[\"representations\",3,\"id\"] ID", "[\"representations\",4,\"id\"] ID",
					"[\"representations\",5,\"id\"] ID", "[\"representations\",6,\"__typename\"] TYPE");
		assertThat(response.json().get("errors").valueStream().map((error) -> error.get("path").toString()))
			.containsExactly("[\"_entities\",0]", "[\"_entities\",2]", "[\"_entities\",3]", "[\"_entities\",4]",
					"[\"_entities\",5]", "[\"_entities\",6]");
	}

	@Test
	void entitiesCountInTheCost() {
		Api ann = this.api.signUp();

		Api.Response response = entities(ann,
				IntStream.range(0, 20_001).mapToObj((i) -> reference("Dog", "dog_" + i)).toList());

		assertThat(response.codes()).containsExactly("OPERATION_TOO_COMPLEX");
	}

	@Test
	void literalReferencesAreRead() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		assertThat(ann
			.execute("{ _entities(representations: [{__typename: \"Owner\", id: \"" + owner
					+ "\"}]) { ... on Owner { name } } }")
			.data()
			.toString()).isEqualTo("{\"_entities\":[{\"name\":\"Ann\"}]}");
	}

	@Test
	void sdlHasTheKeysAndNotTheFieldsOfTheSubgraph() {
		String sdl = this.api.execute("{ _service { sdl } }").text("/_service/sdl");

		assertThat(sdl).startsWith("extend schema @link(url: \"https://specs.apollo.dev/federation/v2.4\"")
			.contains("extend type Dog @key(fields: \"id\")", "extend type Owner @key(fields: \"id\")",
					"extend type User @key(fields: \"id\")", "type Dog implements Node {", "type Mutation\n")
			.doesNotContain("_entities", "_service", "_Any");
	}

}
