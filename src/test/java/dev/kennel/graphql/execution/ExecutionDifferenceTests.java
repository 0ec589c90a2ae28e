package dev.kennel.graphql.execution;

import java.util.Map;
import java.util.function.Supplier;

import dev.kennel.graphql.execution.TwoEngines.Answer;
import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.ParseAndValidateResult;
import graphql.schema.GraphQLSchema;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Kennel's strategies answer what graphql-java's own do, byte for byte. */
class ExecutionDifferenceTests {

	private static final int OPERATIONS = Integer.getInteger("execution.operations", 10_000);

	private static final long SEED = Long.getLong("execution.seed", 1);

	@Test
	void randomOperationsOnFieldsThatFailAreAnsweredAlike() {
		GraphQLSchema schema = UnreliableSchema.create();
		TwoEngines engines = new TwoEngines(schema);
		RandomOperations operations = new RandomOperations(schema, SEED);
		int compared = 0;
		int withErrors = 0;
		for (int number = 0; compared < OPERATIONS; number++) {
			String document = operations.next();
			Map<String, Object> variables = operations.variables();
			ParseAndValidateResult checked = ParseAndValidate.parseAndValidate(schema,
					ExecutionInput.newExecutionInput(document).variables(variables).build());
			if (checked.isFailure()) {
				continue;
			}
			for (int run = 0; run < 4; run++) {
				UnreliableSchema.onOtherThreads(run == 0);
				int seed = number * 31 + run;
				Supplier<ExecutionInput.Builder> input = () -> {
					ExecutionInput.Builder builder = TwoEngines.input(document, variables, UnreliableSchema.loaders());
					UnreliableSchema.seed(builder, seed);
					return builder;
				};
				Answer expected = engines.stock(input);
				Answer answer = engines.kennel(input);
				assertThat(answer.json()).as("seed %d, %s with %s", seed, document, variables)
					.isEqualTo(expected.json());
				assertThat(answer.map()).isEqualTo(expected.map());
				compared++;
				withErrors += expected.errors().isEmpty() ? 0 : 1;
			}
		}
		assertThat(withErrors).isBetween(OPERATIONS / 4, OPERATIONS * 9 / 10);
		assertThat(engines.counts().handovers(Handover.INTROSPECTION)).isZero();
	}

}
