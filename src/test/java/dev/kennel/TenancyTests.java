package dev.kennel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nobody sees, changes or finds out anything about another account. Which fields and
 * arguments there are is read from the schema, so that what is added later is tested as
 * well.
 */
@KennelTest
class TenancyTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final GraphQLSchema schema;

	TenancyTests(Api api, JdbcClient jdbc, GraphQlSource source) {
		this.api = api;
		this.jdbc = jdbc;
		this.schema = source.schema();
	}

	/** A field, where it is reached, and the place of an id in its arguments. */
	private record Door(List<String> path, boolean mutation, GraphQLFieldDefinition field, List<String> place) {

		@Override
		public String toString() {
			return String.join(".", this.path) + "." + this.field.getName() + "(" + String.join(".", this.place) + ")";
		}

	}

	private record Account(Api client, Map<NodeKind, String> ids) {
	}

	private Account account() {
		Api client = this.api.signUp();
		String owner = client.createOwner("Owner");
		String dog = client.createDog(owner, "Dog");
		Map<NodeKind, String> ids = new LinkedHashMap<>();
		ids.put(NodeKind.USER, client.execute("{ me { id } }").text("/me/id"));
		ids.put(NodeKind.OWNER, owner);
		ids.put(NodeKind.DOG, dog);
		UUID session = this.jdbc.sql("SELECT id FROM sessions WHERE user_id = ?")
			.param(NodeKind.USER.uuid(String.valueOf(ids.get(NodeKind.USER))))
			.query(UUID.class)
			.single();
		ids.put(NodeKind.SESSION, NodeKind.SESSION.id(session).toString());
		return new Account(client, ids);
	}

	@Test
	void anIdOfAnotherAccountIsAsGoodAsAnUnknownOneEverywhere() {
		Account victim = account();
		List<Door> doors = doors();
		assertThat(doors).extracting(Door::toString)
			.contains(".owner(id)", ".dog(id)", ".node(id)", ".nodes(ids)", ".createDog(input.ownerId)",
					".myDogs(filter.ownerId)", "me.dogs(filter.ownerId)", "myOwners.nodes.dogs(filter.ownerId)");
		String before = rows(victim);

		for (Door door : doors) {
			for (NodeKind kind : NodeKind.values()) {
				// Two attackers alike: what one gets for the victim's id, the other has
				// to get for nobody's.
				Account attacker = account();
				Account control = account();
				String foreign = String.valueOf(victim.ids().get(kind));
				String unknown = new NodeId(kind, UUID.randomUUID()).toString();

				Api.Answer ofForeign = send(door, attacker, foreign);
				Api.Answer ofUnknown = send(door, control, unknown);

				assertThat(normal(ofForeign, attacker, foreign)).as(door + " with an id of kind " + kind)
					.isEqualTo(normal(ofUnknown, control, unknown));
				assertThat(ofForeign.codes()).as(door + " " + ofForeign).doesNotContain("INTERNAL_SERVER_ERROR");
			}
		}

		assertThat(rows(victim)).isEqualTo(before);
	}

	/** Everything that is stored of an account. */
	private String rows(Account account) {
		UUID id = NodeKind.USER.uuid(String.valueOf(account.ids().get(NodeKind.USER)));
		List<@Nullable String> tables = this.jdbc
			.sql("SELECT table_name::text FROM information_schema.columns "
					+ "WHERE table_schema = 'public' AND column_name = 'user_id' ORDER BY 1")
			.query(String.class)
			.list();
		StringBuilder rows = new StringBuilder();
		rows.append(this.jdbc.sql("SELECT row_to_json(t)::text FROM users t WHERE id = ?")
			.param(id)
			.query(String.class)
			.single());
		for (String table : tables) {
			rows.append(table)
				.append(this.jdbc.sql("SELECT row_to_json(t)::text FROM " + table + " t WHERE user_id = ? ORDER BY 1")
					.param(id)
					.query(String.class)
					.list());
		}
		return rows.toString();
	}

	private List<Door> doors() {
		List<Door> doors = new ArrayList<>();
		collect(this.schema.getMutationType(), List.of(), true, doors);
		Deque<Map.Entry<GraphQLObjectType, List<String>>> open = new ArrayDeque<>();
		Set<String> seen = new HashSet<>();
		open.add(Map.entry(this.schema.getQueryType(), List.of()));
		while (!open.isEmpty()) {
			Map.Entry<GraphQLObjectType, List<String>> next = open.remove();
			if (!seen.add(next.getKey().getName())) {
				continue;
			}
			collect(next.getKey(), next.getValue(), false, doors);
			for (GraphQLFieldDefinition field : next.getKey().getFieldDefinitions()) {
				boolean free = field.getArguments()
					.stream()
					.noneMatch((argument) -> GraphQLTypeUtil.isNonNull(argument.getType()));
				if (free && GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLObjectType type) {
					open.add(Map.entry(type,
							Stream.concat(next.getValue().stream(), Stream.of(field.getName())).toList()));
				}
			}
		}
		return doors;
	}

	private static void collect(GraphQLObjectType type, List<String> path, boolean mutation, List<Door> doors) {
		for (GraphQLFieldDefinition field : type.getFieldDefinitions()) {
			for (GraphQLArgument argument : field.getArguments()) {
				for (List<String> place : places(argument.getName(), argument.getType())) {
					doors.add(new Door(path, mutation, field, place));
				}
			}
		}
	}

	private static List<List<String>> places(String name, GraphQLType type) {
		GraphQLNamedType named = GraphQLTypeUtil.unwrapAll(type);
		if (named.getName().equals("ID")) {
			return List.of(List.of(name));
		}
		if (named instanceof GraphQLInputObjectType input) {
			return input.getFields()
				.stream()
				.flatMap((field) -> places(field.getName(), field.getType()).stream())
				.map((rest) -> Stream.concat(Stream.of(name), rest.stream()).toList())
				.toList();
		}
		return List.of();
	}

	private Api.Answer send(Door door, Account sender, String id) {
		StringBuilder document = new StringBuilder(door.mutation() ? "mutation " : "query ");
		door.path().forEach((name) -> document.append("{ ").append(name).append(" "));
		document.append("{ ").append(door.field().getName()).append("(");
		for (GraphQLArgument argument : door.field().getArguments()) {
			String value = value(argument.getName(), argument.getType(), door.place(), sender, id);
			if (value != null) {
				document.append(argument.getName()).append(": ").append(value).append(" ");
			}
		}
		document.append(") ").append(selection(door.field().getType(), 4)).append(" }");
		document.append(" }".repeat(door.path().size()));
		return sender.client().execute(document.toString());
	}

	/**
	 * A literal: the id at its place, what is required elsewhere, and the sender's own
	 * ids where they are required.
	 */
	private static @Nullable String value(String name, GraphQLInputType type, List<String> place, Account sender,
			String id) {
		boolean here = !place.isEmpty() && place.getFirst().equals(name);
		if (!here && !GraphQLTypeUtil.isNonNull(type)) {
			return null;
		}
		boolean list = GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList;
		String literal = switch (GraphQLTypeUtil.unwrapAll(type)) {
			case GraphQLInputObjectType input -> {
				StringBuilder members = new StringBuilder("{");
				input.getFields().forEach((field) -> {
					String member = value(field.getName(), field.getType(),
							here ? place.subList(1, place.size()) : List.of(), sender, id);
					if (member != null) {
						members.append(field.getName()).append(": ").append(member).append(" ");
					}
				});
				yield members.append("}").toString();
			}
			case GraphQLEnumType enumeration -> enumeration.getValues().getFirst().getName();
			case GraphQLNamedType scalar -> switch (scalar.getName()) {
				case "ID" -> "\"" + (here ? id : ownId(name, sender)) + "\"";
				case "Boolean" -> "false";
				case "Int" -> "1";
				case "Date" -> "\"2020-01-01\"";
				case "DateTime" -> "\"2020-01-01T00:00:00Z\"";
				default -> "\"" + Api.PASSWORD + "\"";
			};
		};
		return list ? "[" + literal + "]" : literal;
	}

	/**
	 * The id beside the one that is tried: an input that moves a dog has the dog's own id
	 * as well.
	 */
	private static String ownId(String name, Account sender) {
		NodeKind kind = name.startsWith("owner") ? NodeKind.OWNER : NodeKind.DOG;
		return String.valueOf(sender.ids().get(kind));
	}

	private String selection(GraphQLOutputType type, int depth) {
		GraphQLNamedType named = GraphQLTypeUtil.unwrapAll(type);
		if (GraphQLTypeUtil.isLeaf(named)) {
			return "";
		}
		Set<String> fields = new LinkedHashSet<>(List.of("__typename"));
		if (named instanceof GraphQLObjectType object) {
			for (GraphQLFieldDefinition field : object.getFieldDefinitions()) {
				boolean leaf = GraphQLTypeUtil.isLeaf(GraphQLTypeUtil.unwrapAll(field.getType()));
				if (leaf || depth > 0) {
					fields.add(field.getName() + " " + selection(field.getType(), depth - 1));
				}
			}
		}
		else {
			fields.add("id");
		}
		return "{ " + String.join(" ", fields) + " }";
	}

	/** The answer without what differs between any two accounts. */
	private static String normal(Api.Answer answer, Account sender, String id) {
		JsonNode json = answer.json();
		String text = answer.status() + " " + json.toString().replace(id, "<id>");
		for (Map.Entry<NodeKind, String> own : sender.ids().entrySet()) {
			text = text.replace(own.getValue(), "<own " + own.getKey() + ">");
		}
		return text.replaceAll("\"(usr|own|dog|ses)_[0-9a-z]{26}\"", "\"<new id>\"")
			.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
			.replaceAll("\"(username|email)\":\"[^\"]*\"", "\"$1\":\"<$1>\"")
			.replaceAll("\"([a-zA-Z]*[cC]ursor|accessToken|refreshToken)\":\"[^\"]*\"", "\"$1\":\"<$1>\"")
			.replaceAll("\"requestId\":\"[^\"]*\"", "\"requestId\":\"<requestId>\"");
	}

	@Test
	void everyListHoldsTheAccountsOwnObjectsOnly() {
		Account ann = account();
		Account bob = account();

		JsonNode data = bob.client()
			.execute(
					"""
							{
							  me { username owners { nodes { id } totalCount } dogs { nodes { id } totalCount } }
							  myOwners { nodes { id user { id } dogs { nodes { id owner { id } user { id } } totalCount } } totalCount }
							  myDogs { nodes { id } totalCount }
							}""")
			.data();

		String text = data.toString();
		ann.ids().values().forEach((id) -> assertThat(text).doesNotContain(id));
		assertThat(data.at("/myOwners/totalCount").asInt()).isEqualTo(1);
		assertThat(data.at("/myDogs/totalCount").asInt()).isEqualTo(1);
		assertThat(data.at("/me/owners/totalCount").asInt()).isEqualTo(1);
		assertThat(data.at("/me/dogs/totalCount").asInt()).isEqualTo(1);
		assertThat(data.at("/myOwners/nodes/0/dogs/totalCount").asInt()).isEqualTo(1);
	}

	@Test
	void aDogOfAnotherAccountsOwnerIsRefusedByTheDatabaseItself() {
		Account ann = account();
		Account bob = account();
		UUID owner = NodeKind.OWNER.uuid(String.valueOf(ann.ids().get(NodeKind.OWNER)));
		UUID account = NodeKind.USER.uuid(String.valueOf(bob.ids().get(NodeKind.USER)));

		org.assertj.core.api.Assertions.assertThatThrownBy(() -> this.jdbc.sql("""
				INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at)
				VALUES (?, gen_random_uuid(), ?, 'x', 'x', now(), now())""").params(account, owner).update())
			.hasMessageContaining("dogs_owner_exists");
	}

}
