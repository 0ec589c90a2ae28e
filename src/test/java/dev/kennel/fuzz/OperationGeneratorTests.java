package dev.kennel.fuzz;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

import dev.kennel.test.BareSchema;
import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.schema.GraphQLSchema;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OperationGeneratorTests {

	@Test
	void seedDeterminesTheValidOperation() {
		GraphQLSchema schema = BareSchema.create();
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
				": Int", " @defer(label: \"l", " @stream", "(if: $", "initialCount: ", "mutation", "__typename",
				"a10: ");
	}

	@Test
	void seedDeterminesTheBrokenOperation() {
		OperationGenerator generator = new OperationGenerator(BareSchema.create(),
				new OperationGenerator.Options(8, 0.2, 1, 0.1, List.of(), List.of("own_1"), List.of(), Map.of()));

		LongStream.range(0, 100).forEach((seed) -> {
			GeneratedOperation operation = generator.generate(seed);
			assertThat(operation.broken()).isTrue();
			assertThat(generator.generate(seed)).isEqualTo(operation);
		});
	}

}
