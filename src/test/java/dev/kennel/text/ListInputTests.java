package dev.kennel.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.identity.ValidId;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedInputType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Validation of input lists. The lists are found in the schema, so that later additions
 * are tested as well.
 */
@KennelTest
class ListInputTests {

	private final Api api;

	private final GraphQLSchema schema;

	private final Validator validator;

	ListInputTests(Api api, GraphQlSource source, Validator validator) {
		this.api = api;
		this.schema = source.schema();
		this.validator = validator;
	}

	/**
	 * A field of the root or below {@code me}, and the path of a list in its arguments.
	 */
	private record ListArgument(GraphQLObjectType type, GraphQLFieldDefinition field, List<String> path) {

		@Override
		public String toString() {
			return this.type.getName() + "." + this.field.getName() + "(" + String.join(".", this.path) + ")";
		}

	}

	@Test
	void onlyTheLengthOfATooLongListIsReported() {
		Api ann = this.api.signUp();
		List<ListArgument> listArguments = listArguments();
		assertThat(listArguments).extracting(ListArgument::toString)
			.contains("Query.nodes(ids)", "Query.myDogs(filter.name.in)", "Query.myDogs(filter.breed.in)",
					"Query.myDogs(filter.or)", "Query.myDogs(filter.owner.name.in)",
					"Query.myOwners(filter.dogs.every.and)", "User.owners(filter.name.in)",
					"Mutation.createOwner(input.dogs)");

		for (ListArgument listArgument : listArguments) {
			List<String> violations = send(ann, listArgument, BoundedListValueExtractor.MAX + 1).violations();

			String path = String.join(".", listArgument.path());
			assertThat(violations).as(listArgument.toString()).contains(path + " LENGTH");
			assertThat(violations).as(listArgument.toString())
				.noneMatch((violation) -> violation.startsWith(path + "."));
		}
		assertThat(ann.execute("{ myOwners { totalCount } }").data()).hasToString("{\"myOwners\":{\"totalCount\":0}}");
	}

	@Test
	void excessiveListIsRejectedBeforeValidation() {
		Api ann = this.api.signUp();
		String document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";

		assertThat(ann.execute(document, Map.of("ids", Collections.nCopies(1_000, ""))).violations())
			.containsExactly("ids LENGTH");
		assertThat(ann.execute(document, Map.of("ids", Collections.nCopies(300_000, ""))).codes())
			.containsExactly("OPERATION_TOO_COMPLEX");
	}

	@Test
	void firstHundredViolationsAreReportedInOrderWithTheTotal() {
		Api ann = this.api.signUp();

		Api.Response response = ann.execute("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
				Map.of("ids", Collections.nCopies(200, "")));

		assertThat(response.json().at("/errors/0/message").asString())
			.isEqualTo("The input has 200 violations. The first 100 are listed.");
		assertThat(response.violations())
			.isEqualTo(Stream.iterate(0, (i) -> i + 1).limit(100).map((i) -> "ids." + i + " ID").toList());
	}

	private record Ids(List<@ValidId String> ids) {
	}

	/** If they did, each would be compared with all others. */
	@Test
	void violationsOfEqualElementsDoNotCollide() {
		Set<Integer> hashes = this.validator.validate(new Ids(Collections.nCopies(200, "")))
			.stream()
			.map(Object::hashCode)
			.collect(Collectors.toSet());

		assertThat(hashes).hasSizeGreaterThan(190);
	}

	private List<ListArgument> listArguments() {
		List<ListArgument> listArguments = new ArrayList<>();
		for (GraphQLObjectType type : List.of(this.schema.getQueryType(), this.schema.getMutationType(),
				this.schema.getObjectType("User"))) {
			for (GraphQLFieldDefinition field : type.getFieldDefinitions()) {
				for (GraphQLArgument argument : field.getArguments()) {
					collect(List.of(argument.getName()), argument.getType(), Set.of(),
							(path) -> listArguments.add(new ListArgument(type, field, path)));
				}
			}
		}
		return listArguments;
	}

	/** Filters contain filters: each type is visited once on a path. */
	private static void collect(List<String> path, GraphQLInputType type, Set<String> visited,
			Consumer<List<String>> found) {
		if (GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList) {
			found.accept(path);
		}
		else if (GraphQLTypeUtil.unwrapAll(type) instanceof GraphQLInputObjectType input
				&& !visited.contains(input.getName())) {
			Set<String> within = new HashSet<>(visited);
			within.add(input.getName());
			input.getFields()
				.forEach((field) -> collect(Stream.concat(path.stream(), Stream.of(field.getName())).toList(),
						field.getType(), within, found));
		}
	}

	private static Api.Response send(Api client, ListArgument listArgument, int length) {
		GraphQLArgument argument = listArgument.field().getArgument(listArgument.path().getFirst());
		String field = listArgument.field().getName() + "(" + argument.getName() + ": $value) { __typename }";
		String document = switch (listArgument.type().getName()) {
			case "Query" -> "query ($value: %s) { " + field + " }";
			case "Mutation" -> "mutation ($value: %s) { " + field + " }";
			default -> "query ($value: %s) { me { " + field + " } }";
		};
		Object value = value(argument.getType(), listArgument.path().subList(1, listArgument.path().size()), length);
		return client.execute(document.formatted(GraphQLTypeUtil.simplePrint(argument.getType())),
				Map.of("value", value));
	}

	/** Returns a value with the list at the path, and with all required fields. */
	private static Object value(GraphQLInputType type, List<String> path, int length) {
		if (GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList list) {
			return Collections.nCopies(length,
					value((GraphQLInputType) GraphQLTypeUtil.unwrapOne(list), List.of(), length));
		}
		GraphQLNamedInputType named = GraphQLTypeUtil.unwrapAllAs(type);
		if (named instanceof GraphQLInputObjectType input) {
			Map<String, @Nullable Object> members = new HashMap<>();
			input.getFields().forEach((field) -> {
				boolean matches = !path.isEmpty() && path.getFirst().equals(field.getName());
				if (matches || GraphQLTypeUtil.isNonNull(field.getType())) {
					members.put(field.getName(),
							value(field.getType(), matches ? path.subList(1, path.size()) : List.of(), length));
				}
			});
			return members;
		}
		return switch (named.getName()) {
			case "Boolean" -> false;
			case "Int" -> 0;
			case "Date" -> "2020-01-01";
			case "DateTime" -> "2020-01-01T00:00:00Z";
			default -> "";
		};
	}

}
