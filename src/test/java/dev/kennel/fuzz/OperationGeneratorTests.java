package dev.kennel.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.scalars.ExtendedScalars;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OperationGeneratorTests {

	/** Kennel's schema, with nothing behind it. */
	static GraphQLSchema schema() throws IOException {
		TypeDefinitionRegistry types = new TypeDefinitionRegistry();
		try (Stream<Path> files = Files.list(Path.of("schema"))) {
			for (Path file : files.sorted().toList()) {
				types.merge(new SchemaParser().parse(Files.readString(file)));
			}
		}
		return new SchemaGenerator().makeExecutableSchema(types,
				RuntimeWiring.newRuntimeWiring()
					.scalar(ExtendedScalars.DateTime)
					.scalar(ExtendedScalars.Date)
					.type("Node", (wiring) -> wiring.typeResolver((environment) -> null))
					.build());
	}

	@Test
	void theSameSeedMakesTheSameValidOperation() throws IOException {
		GraphQLSchema schema = schema();
		OperationGenerator generator = new OperationGenerator(schema,
				new OperationGenerator.Options(8, 0.2, 0, 0.1, List.of(), List.of("own_1"), List.of(), Map.of()));

		Set<String> documents = new HashSet<>();
		LongStream.range(0, 300).forEach((seed) -> {
			GeneratedOperation operation = generator.generate(seed);
			assertThat(generator.generate(seed)).isEqualTo(operation);
			assertThat(ParseAndValidate
				.parseAndValidate(schema,
						ExecutionInput.newExecutionInput(operation.document()).locale(Locale.ENGLISH).build())
				.isFailure()).as(operation.document()).isFalse();
			documents.add(operation.document());
		});

		assertThat(documents).hasSizeGreaterThan(290);
		assertThat(String.join("\n", documents)).contains("fragment F", "... on ", "@skip(if: ", "@include(if: $",
				": Int", "mutation", "__typename", "a10: ");
	}

	@Test
	void brokenOperationsAreMadeFromTheSeedAsWell() throws IOException {
		OperationGenerator generator = new OperationGenerator(schema(),
				new OperationGenerator.Options(8, 0.2, 1, 0.1, List.of(), List.of("own_1"), List.of(), Map.of()));

		LongStream.range(0, 100).forEach((seed) -> {
			GeneratedOperation operation = generator.generate(seed);
			assertThat(operation.broken()).isTrue();
			assertThat(generator.generate(seed)).isEqualTo(operation);
		});
	}

}
