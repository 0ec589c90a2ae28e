package dev.kennel.graphql.usage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.Management;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The report of used schema coordinates by client. */
@KennelTest
class GraphQlUsageEndpointTests {

	private final Api api;

	private final Management management;

	private final String name = "test-" + UUID.randomUUID();

	GraphQlUsageEndpointTests(Api api, ManagementServer server) {
		this.api = api;
		this.management = Management.of(server);
	}

	/** Returns the coordinates that a client has used, each with its count. */
	private List<String> uses(String client, String version) {
		List<String> uses = new ArrayList<>();
		for (JsonNode coordinate : this.management.get("/actuator/graphqlusage").json().get("coordinates")) {
			for (JsonNode use : coordinate.get("clients")) {
				if (use.get("name").asString().equals(client) && use.get("version").asString().equals(version)) {
					uses.add(coordinate.get("coordinate").asString() + " " + use.get("operations").asInt());
				}
			}
		}
		return uses;
	}

	@Test
	void fieldsAndArgumentsAreCountedByClient() {
		Api ann = this.api.signUp();
		Map<String, String> apollo = Map.of("apollographql-client-name", this.name, "apollographql-client-version",
				"1.2");
		String document = """
				query ($size: Int) {
				  first: myDogs(first: $size, filter: {name: {contains: "x"}}, orderBy: {field: NAME}) { nodes { ...Names } }
				  me { id @skip(if: true) __typename }
				}
				fragment Names on Dog { name owner { name } }""";

		ann.execute(document, Map.of("size", 1), apollo).data();
		ann.execute(document, Map.of("size", 2), apollo).data();
		ann.execute("{ me { username } }", Map.of(), Map.of("graphql-client-name", this.name)).data();

		assertThat(uses(this.name, "1.2")).containsExactlyInAnyOrder("Query.myDogs 2", "Query.myDogs(first:) 2",
				"Query.myDogs(filter:) 2", "Query.myDogs(orderBy:) 2", "DogOrder.field 2", "DogOrderField.NAME 2",
				"DogFilter.name 2", "StringFilter.contains 2", "DogConnection.nodes 2", "Dog.name 2", "Dog.owner 2",
				"Owner.name 2", "Query.me 2", "User.id 2");
		assertThat(uses(this.name, "")).containsExactlyInAnyOrder("Query.me 1", "User.username 1");
	}

	/**
	 * A member that the client has not sent is not counted, although it has a default.
	 */
	@Test
	void inputFieldsAndEnumValuesInVariablesAreCounted() {
		Api ann = this.api.signUp();
		Map<String, String> header = Map.of("graphql-client-name", this.name);
		String document = """
				query ($filter: DogFilter, $order: DogOrder, $direction: OrderDirection!) {
				  myDogs(filter: $filter, orderBy: $order) { totalCount }
				  myOwners(filter: {name: {contains: "x"}}, orderBy: {field: NAME, direction: $direction}) { totalCount }
				}""";
		Map<String, Object> filter = new HashMap<>();
		filter.put("breed", null);
		filter.put("and", Map.of("name", Map.of("contains", "x")));
		filter.put("or", List.of(Map.of("not", Map.of("ownerId", "own_x")), Map.of("name", Map.of("eq", "Rex"))));

		ann.execute(document, Map.of("filter", filter, "order", Map.of("field", "NAME"), "direction", "DESC"), header);
		ann.execute(document, Map.of("order", Map.of("field", "NAME", "direction", "DESC"), "direction", "DESC"),
				header)
			.data();

		assertThat(uses(this.name, "")).containsExactlyInAnyOrder("Query.myDogs 2", "Query.myDogs(filter:) 2",
				"Query.myDogs(orderBy:) 2", "DogConnection.totalCount 2", "Query.myOwners 2",
				"Query.myOwners(filter:) 2", "OwnerFilter.name 2", "StringFilter.contains 2",
				"Query.myOwners(orderBy:) 2", "OwnerOrder.field 2", "OwnerOrderField.NAME 2", "OwnerOrder.direction 2",
				"OwnerConnection.totalCount 2", "DogFilter.breed 1", "DogFilter.and 1", "DogFilter.or 1",
				"DogFilter.not 1", "DogFilter.ownerId 1", "DogFilter.name 1", "StringFilter.eq 1", "DogOrder.field 2",
				"DogOrderField.NAME 2", "DogOrder.direction 1", "OrderDirection.DESC 2");
	}

	@Test
	void refusedOperationsAreNotCounted() {
		Map<String, String> header = Map.of("graphql-client-name", this.name);

		this.api.execute("{ nope }", Map.of(), header);
		this.api.execute("{ myOwners(first: 100000000) { nodes { id } } }", Map.of(), header);

		assertThat(uses(this.name, "")).doesNotContain("Query.nope 1");
	}

	@Test
	void clientNameOfASignedOutRequestIsCountedOnlyIfItIsKnown() {
		Map<String, String> header = Map.of("graphql-client-name", this.name);

		this.api.execute("{ me { id } }", Map.of(), header).data();
		assertThat(uses(this.name, "")).isEmpty();
		assertThat(uses("(other)", "")).anyMatch((use) -> use.startsWith("Query.me "));

		this.api.signUp().execute("{ me { id } }", Map.of(), header).data();
		this.api.execute("{ me { id } }", Map.of(), header).data();
		assertThat(uses(this.name, "")).containsExactlyInAnyOrder("Query.me 2", "User.id 2");
	}

	@Test
	void accountAddsAtMostTenClientNames() {
		Api ann = this.api.signUp();
		for (int version = 1; version <= 11; version++) {
			ann.execute("{ me { id } }", Map.of(),
					Map.of("graphql-client-name", this.name, "graphql-client-version", String.valueOf(version)))
				.data();
		}

		assertThat(uses(this.name, "10")).containsExactlyInAnyOrder("Query.me 1", "User.id 1");
		assertThat(uses(this.name, "11")).isEmpty();
	}

	/** The names of Kennel's own groups are none that a client can have. */
	@Test
	void clientsCalledOtherAndUnnamedHaveTheirOwnCounts() {
		Api ann = this.api.signUp();
		for (String reserved : List.of("other", "unnamed", "(other)")) {
			ann.execute("{ me { username } }", Map.of(), Map.of("graphql-client-name", reserved)).data();
		}

		assertThat(uses("other", "")).containsExactlyInAnyOrder("Query.me 1", "User.username 1");
		assertThat(uses("unnamed", "")).containsExactlyInAnyOrder("Query.me 1", "User.username 1");
	}

	@Test
	void invalidClientNameIsNotReported() {
		this.api.execute("{ me { id } }", Map.of(), Map.of("graphql-client-name", "x".repeat(65))).data();

		assertThat(this.management.get("/actuator/graphqlusage").body()).doesNotContain("xxxxxxxxxx");
		assertThat(uses("(unnamed)", "")).anyMatch((use) -> use.startsWith("Query.me "));
	}

	@Test
	void invalidParameterIsABadRequest() {
		assertThat(this.management.get("/actuator/graphqlusage?deprecated=x").status()).isEqualTo(400);
		assertThat(this.management.get("/actuator/graphqlusage?deprecated=%25zz").status()).isEqualTo(400);
	}

	@Test
	void reportMayBeRestrictedToDeprecatedCoordinates() {
		this.api.execute("{ me { id } }").data();

		assertThat(this.management.get("/actuator/graphqlusage?deprecated=true").json().get("coordinates").size())
			.isZero();
		assertThat(this.management.get("/actuator/graphqlusage").json().get("coordinates").size()).isPositive();
	}

}
