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
 * An account can't see, change or detect anything of another account. Fields and
 * arguments are read from the schema, so that later ones are tested as well.
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

	/** A field, the path to it, and the path of an ID in its arguments. */
	private record IdArgument(List<String> path, boolean mutation, GraphQLFieldDefinition field, List<String> idPath) {

		@Override
		public String toString() {
			return String.join(".", this.path) + "." + this.field.getName() + "(" + String.join(".", this.idPath) + ")";
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
		UUID passkey = UUID.randomUUID();
		this.jdbc
			.sql("INSERT INTO passkeys (user_id, id, credential_id, name, public_key, aaguid, sign_count, "
					+ "backup_eligible, backed_up, transports, created_at) "
					+ "SELECT user_id, ?, 'id', 'Passkey', 'key', gen_random_uuid(), 0, false, false, '', "
					+ "clock_timestamp() FROM sessions WHERE id = ?")
			.params(passkey, session)
			.update();
		ids.put(NodeKind.PASSKEY, NodeKind.PASSKEY.id(passkey).toString());
		return new Account(client, ids);
	}

	@Test
	void foreignIdIsIndistinguishableFromAnUnknownOne() {
		Account victim = account();
		List<IdArgument> idArguments = idArguments();
		assertThat(idArguments).extracting(IdArgument::toString)
			.contains(".owner(id)", ".dog(id)", ".node(id)", ".nodes(ids)", ".createDog(input.ownerId)",
					".myDogs(filter.ownerId)", "me.dogs(filter.ownerId)", "myOwners.nodes.dogs(filter.ownerId)",
					".myOwners(filter.dogs.some.ownerId)");
		String before = rows(victim);

		for (IdArgument idArgument : idArguments) {
			for (NodeKind kind : NodeKind.values()) {
				// Two equal accounts: the responses to the victim's id and to an unknown
				// id have to be the same.
				Account attacker = account();
				Account control = account();
				String foreign = String.valueOf(victim.ids().get(kind));
				String unknown = new NodeId(kind, UUID.randomUUID()).toString();

				Api.Response ofForeign = send(idArgument, attacker, foreign);
				Api.Response ofUnknown = send(idArgument, control, unknown);

				assertThat(normalize(ofForeign, attacker, foreign)).as(idArgument + " with an id of kind " + kind)
					.isEqualTo(normalize(ofUnknown, control, unknown));
				assertThat(ofForeign.codes()).as(idArgument + " " + ofForeign).doesNotContain("INTERNAL_SERVER_ERROR");
			}
		}

		assertThat(rows(victim)).isEqualTo(before);
	}

	/** Returns all rows of an account. */
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

	private List<IdArgument> idArguments() {
		List<IdArgument> idArguments = new ArrayList<>();
		collect(this.schema.getMutationType(), List.of(), true, idArguments);
		Deque<Map.Entry<GraphQLObjectType, List<String>>> queue = new ArrayDeque<>();
		Set<String> seen = new HashSet<>();
		queue.add(Map.entry(this.schema.getQueryType(), List.of()));
		while (!queue.isEmpty()) {
			Map.Entry<GraphQLObjectType, List<String>> next = queue.remove();
			if (!seen.add(next.getKey().getName())) {
				continue;
			}
			collect(next.getKey(), next.getValue(), false, idArguments);
			for (GraphQLFieldDefinition field : next.getKey().getFieldDefinitions()) {
				boolean free = field.getArguments()
					.stream()
					.noneMatch((argument) -> GraphQLTypeUtil.isNonNull(argument.getType()));
				if (free && GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLObjectType type) {
					queue.add(Map.entry(type,
							Stream.concat(next.getValue().stream(), Stream.of(field.getName())).toList()));
				}
			}
		}
		return idArguments;
	}

	private static void collect(GraphQLObjectType type, List<String> path, boolean mutation,
			List<IdArgument> idArguments) {
		for (GraphQLFieldDefinition field : type.getFieldDefinitions()) {
			for (GraphQLArgument argument : field.getArguments()) {
				for (List<String> idPath : idPaths(argument.getName(), argument.getType(), Set.of())) {
					idArguments.add(new IdArgument(path, mutation, field, idPath));
				}
			}
		}
	}

	/** Filters contain filters: each type is visited once on a path. */
	private static List<List<String>> idPaths(String name, GraphQLType type, Set<String> visited) {
		GraphQLNamedType named = GraphQLTypeUtil.unwrapAll(type);
		if (named.getName().equals("ID")) {
			return List.of(List.of(name));
		}
		if (named instanceof GraphQLInputObjectType input && !visited.contains(input.getName())) {
			Set<String> within = new HashSet<>(visited);
			within.add(input.getName());
			return input.getFields()
				.stream()
				.flatMap((field) -> idPaths(field.getName(), field.getType(), within).stream())
				.map((rest) -> Stream.concat(Stream.of(name), rest.stream()).toList())
				.toList();
		}
		return List.of();
	}

	private Api.Response send(IdArgument idArgument, Account sender, String id) {
		StringBuilder document = new StringBuilder(idArgument.mutation() ? "mutation " : "query ");
		idArgument.path().forEach((name) -> document.append("{ ").append(name).append(" "));
		document.append("{ ").append(idArgument.field().getName()).append("(");
		for (GraphQLArgument argument : idArgument.field().getArguments()) {
			String value = value(argument.getName(), argument.getType(), idArgument.idPath(), sender, id);
			if (value != null) {
				document.append(argument.getName()).append(": ").append(value).append(" ");
			}
		}
		document.append(") ").append(selection(idArgument.field().getType(), 4)).append(" }");
		document.append(" }".repeat(idArgument.path().size()));
		return sender.client().execute(document.toString());
	}

	/**
	 * Returns a literal: the id at its path, and a value where one is required, with the
	 * sender's own ids.
	 */
	private static @Nullable String value(String name, GraphQLInputType type, List<String> idPath, Account sender,
			String id) {
		boolean here = !idPath.isEmpty() && idPath.getFirst().equals(name);
		if (!here && !GraphQLTypeUtil.isNonNull(type)) {
			return null;
		}
		boolean list = GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList;
		String literal = switch (GraphQLTypeUtil.unwrapAll(type)) {
			case GraphQLInputObjectType input -> {
				StringBuilder members = new StringBuilder("{");
				input.getFields().forEach((field) -> {
					String member = value(field.getName(), field.getType(),
							here ? idPath.subList(1, idPath.size()) : List.of(), sender, id);
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
	 * Returns the sender's own id for another argument: an input that moves a dog has the
	 * dog's id as well.
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

	/** Returns the response without the values that differ between any two accounts. */
	private static String normalize(Api.Response response, Account sender, String id) {
		JsonNode json = response.json();
		String text = response.status() + " " + json.toString().replace(id, "<id>");
		for (Map.Entry<NodeKind, String> own : sender.ids().entrySet()) {
			text = text.replace(own.getValue(), "<own " + own.getKey() + ">");
		}
		return text.replaceAll("\"(usr|own|dog|ses|psk)_[0-9a-z]{26}\"", "\"<new id>\"")
			.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>")
			.replaceAll("\"(username|email)\":\"[^\"]*\"", "\"$1\":\"<$1>\"")
			.replaceAll("\"([a-zA-Z]*[cC]ursor|accessToken|refreshToken)\":\"[^\"]*\"", "\"$1\":\"<$1>\"")
			.replaceAll("\"requestId\":\"[^\"]*\"", "\"requestId\":\"<requestId>\"");
	}

	@Test
	void listsContainOnlyObjectsOfTheAccount() {
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
	void databaseRefusesADogUnderAnotherAccountsOwner() {
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
