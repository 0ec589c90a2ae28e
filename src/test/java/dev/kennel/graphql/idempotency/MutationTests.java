package dev.kennel.graphql.idempotency;

import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class MutationTests {

	private final Api api;

	MutationTests(Api api) {
		this.api = api;
	}

	@Test
	void fieldSeesTheEffectsOfEarlierFields() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");

		Api.Response response = ann.execute("""
				mutation ($owner: ID!) {
				  a: createDog(input: {ownerId: $owner, name: "Rex"}) { dog { owner { ...Kennel } } }
				  b: updateOwner(input: {id: $owner, name: "Anna"}) { owner { ...Kennel } }
				  c: createDog(input: {ownerId: $owner, name: "Ace"}) { dog { owner { ...Kennel } } }
				}
				fragment Kennel on Owner { name dogs { totalCount nodes { name owner { name } } } }""",
				Map.of("owner", owner));

		assertThat(response.data().at("/a/dog/owner").toString()).isEqualTo(
				"{\"name\":\"Ann\",\"dogs\":{\"totalCount\":1,\"nodes\":[{\"name\":\"Rex\",\"owner\":{\"name\":\"Ann\"}}]}}");
		assertThat(response.data().at("/b/owner").toString()).isEqualTo(
				"{\"name\":\"Anna\",\"dogs\":{\"totalCount\":1,\"nodes\":[{\"name\":\"Rex\",\"owner\":{\"name\":\"Anna\"}}]}}");
		assertThat(response.data().at("/c/dog/owner").toString())
			.isEqualTo("{\"name\":\"Anna\",\"dogs\":{\"totalCount\":2,\"nodes\":["
					+ "{\"name\":\"Rex\",\"owner\":{\"name\":\"Anna\"}},{\"name\":\"Ace\",\"owner\":{\"name\":\"Anna\"}}]}}");
	}

	@Test
	void failedFieldDoesNotRollBackItsSiblings() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute("""
				mutation {
				  a: createOwner(input: {name: "Ann"}) { owner { name } }
				  b: createOwner(input: {name: ""}) { owner { name } }
				  c: createOwner(input: {name: "Cid"}) { owner { name } }
				}""");

		assertThat(response.codes()).containsExactly("BAD_USER_INPUT");
		assertThat(response.json().at("/data/b").isNull()).isTrue();
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Ann", "Cid");
	}

}
