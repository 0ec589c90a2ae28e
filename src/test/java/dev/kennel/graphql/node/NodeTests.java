package dev.kennel.graphql.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class NodeTests {

	private final Api api;

	private final SqlRecorder sql;

	NodeTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void anyObjectIsFoundByItsId() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");
		String user = ann.execute("{ me { id } }").text("/me/id");

		assertThat(ann
			.execute("query ($o: ID!, $d: ID!, $u: ID!) { o: node(id: $o) { __typename ... on Owner { name } } "
					+ "d: node(id: $d) { id ... on Dog { name owner { name } } } u: node(id: $u) { id __typename } }",
					Map.of("o", owner, "d", dog, "u", user))
			.data()
			.toString())
			.isEqualTo("{\"o\":{\"__typename\":\"Owner\",\"name\":\"Ann\"},\"d\":{\"id\":\"" + dog
					+ "\",\"name\":\"Rex\",\"owner\":{\"name\":\"Ann\"}},\"u\":{\"id\":\"" + user
					+ "\",\"__typename\":\"User\"}}");
	}

	@Test
	void nodesAreOneStatementPerKindInTheOrderOfTheIds() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		List<@Nullable String> expected = new ArrayList<>();
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			String dog = ann.createDog(owner, "Dog " + i);
			ids.add(dog);
			expected.add(dog);
			ids.add(NodeKind.DOG.id(UUID.randomUUID()).toString());
			expected.add(null);
		}
		Collections.reverse(ids);
		Collections.reverse(expected);
		ids.add(owner);
		expected.add(owner);
		ids.add(owner);
		expected.add(owner);

		List<String> statements = this.sql.record(() -> {
			Api.Response response = ann.execute("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", Map.of("ids", ids));
			List<@Nullable String> found = new ArrayList<>();
			response.data().get("nodes").forEach((node) -> found.add(node.isNull() ? null : node.get("id").asString()));
			assertThat(found).isEqualTo(expected);
		});

		assertThat(statements).containsExactlyInAnyOrder(
				"SELECT id, owner_id, name FROM dogs WHERE user_id = ? AND id = ANY (?)",
				"SELECT id, name FROM owners WHERE user_id = ? AND id = ANY (?)");
	}

	@Test
	void nodesAcceptsUpTo200ValidIds() {
		Api ann = this.api.signUp();
		List<String> ids = new ArrayList<>(Collections.nCopies(200, NodeKind.DOG.id(UUID.randomUUID()).toString()));

		assertThat(
				ann.execute("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", Map.of("ids", ids)).data().get("nodes"))
			.hasSize(200);
		ids.add(ids.getFirst());
		assertThat(ann.execute("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", Map.of("ids", ids)).violations())
			.containsExactly("ids LENGTH");
		assertThat(ann.execute("{ nodes(ids: [\"x\", \"" + ids.getFirst() + "\", \"cat_1\"]) { id } }").violations())
			.containsExactly("ids.0 ID", "ids.2 ID");
		assertThat(ann.execute("{ node(id: \"1\") { id } }").violations()).containsExactly("id ID");
		assertThat(ann.execute("{ nodes(ids: []) { id } }").data().toString()).isEqualTo("{\"nodes\":[]}");
	}

}
