package dev.kennel.graphql;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.kennel.test.KennelTest;
import dev.kennel.test.SchemaInspection;
import graphql.introspection.Introspection;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLNamedSchemaElement;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.execution.GraphQlSource;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SchemaTests {

	private final GraphQLSchema schema;

	private final SchemaInspection inspection;

	SchemaTests(GraphQlSource source, SchemaInspection inspection) {
		this.schema = source.schema();
		this.inspection = inspection;
	}

	@Test
	void schemaMatchesTheControllers() {
		assertThat(this.inspection.report().unmappedFields()).isEmpty();
		assertThat(this.inspection.report().unmappedRegistrations()).isEmpty();
		assertThat(this.inspection.report().unmappedArguments()).isEmpty();
		assertThat(this.inspection.report().fieldNullnessErrors()).isEmpty();
		assertThat(this.inspection.report().argumentNullnessErrors()).isEmpty();
		// Their methods return the object, or a reference to it. The same types are
		// inspected where other fields return them.
		assertThat(this.inspection.report().skippedTypes())
			.extracting((skipped) -> skipped.fieldCoordinates().toString())
			.containsExactlyInAnyOrder("Dog.owner", "Dog.user", "Owner.user", "DeleteDogPayload.owner");
	}

	@Test
	void everySchemaElementHasADescription() {
		List<String> undescribed = this.schema.getAllTypesAsList()
			.stream()
			.filter((type) -> !Introspection.isIntrospectionTypes(type)
					&& !List.of("Boolean", "Float", "ID", "Int", "String").contains(type.getName()))
			.flatMap((type) -> Stream.concat(Stream.of(Map.entry(type.getName(), (GraphQLNamedSchemaElement) type)),
					members(type).stream().map((member) -> Map.entry(type.getName() + "." + member.getName(), member))))
			.filter((element) -> element.getValue().getDescription() == null
					|| element.getValue().getDescription().isBlank())
			.map(Map.Entry::getKey)
			.toList();

		assertThat(undescribed).isEmpty();
	}

	private static List<GraphQLNamedSchemaElement> members(GraphQLNamedSchemaElement type) {
		return switch (type) {
			case GraphQLFieldsContainer container -> container.getFieldDefinitions()
				.stream()
				.flatMap((GraphQLFieldDefinition field) -> Stream.concat(Stream.<GraphQLNamedSchemaElement>of(field),
						field.getArguments().stream().map((GraphQLArgument argument) -> argument)))
				.toList();
			case GraphQLInputObjectType input -> List.copyOf(input.getFields());
			case GraphQLEnumType enumeration -> List.copyOf(enumeration.getValues());
			default -> List.of();
		};
	}

	@Test
	void mutationFieldsAreNullableSoThatAnErrorDoesNotHideSiblings() {
		assertThat(this.schema.getMutationType().getFieldDefinitions())
			.noneMatch((field) -> GraphQLTypeUtil.isNonNull(field.getType()));
	}

}
