package dev.kennel.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kennel.engine.TwoEngines.Response;
import dev.kennel.fuzz.GeneratedOperation;
import dev.kennel.fuzz.OperationGenerator;
import graphql.ExecutionInput;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.ParseAndValidate;
import graphql.execution.ResultNodesInfo;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The strategies of this package respond like graphql-java's own, byte for byte, for
 * fields that fail, are null, are completed by futures, and use data loaders.
 */
class ExecutionDifferenceTests {

	/** The number of executions of each test. */
	private static final int RUNS = Integer.getInteger("execution.runs", 5_000);

	private static final long SEED = Long.getLong("execution.seed", 1);

	private static final int RUNS_PER_OPERATION = 5;

	private int runs;

	private int withErrors;

	@Test
	void responsesToRandomOperationsOnAllShapesOfTypesAreEqual() {
		GraphQLSchema schema = UnreliableSchema.create(UnreliableSchema.SDL);
		TwoEngines engines = new TwoEngines(schema);
		RandomOperations operations = new RandomOperations(schema, SEED);
		while (this.runs < RUNS) {
			String document = operations.next();
			Map<String, @Nullable Object> variables = operations.variables();
			if (!ParseAndValidate.parseAndValidate(schema, ExecutionInput.newExecutionInput(document).build())
				.isFailure()) {
				compare(engines, document, null, variables, RUNS_PER_OPERATION);
			}
		}
		assertThat(this.withErrors).isBetween(RUNS / 4, RUNS * 9 / 10);
	}

	@Test
	void responsesToRandomOperationsOnTheApiSchemaAreEqual() {
		GraphQLSchema schema = UnreliableSchema.create(sdl());
		TwoEngines engines = new TwoEngines(schema);
		OperationGenerator generator = new OperationGenerator(schema, new OperationGenerator.Options(8, 0.2, 0, 0.02,
				List.of(), List.of("own_1", "dog_2"), List.of(), Map.of()));
		for (long seed = SEED; this.runs < RUNS; seed++) {
			GeneratedOperation operation = generator.generate(seed);
			compare(engines, operation.document(), operation.operationName(), operation.variables(),
					RUNS_PER_OPERATION);
		}
		assertThat(this.withErrors).isBetween(RUNS / 4, RUNS);
	}

	@Test
	void responsesToTheSampleOperationsAreEqual() throws IOException {
		TwoEngines engines = new TwoEngines(UnreliableSchema.create(sdl()));
		try (Stream<Path> files = Files.list(Path.of("src/test/resources/operations"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".graphql")).sorted().toList()) {
				compare(engines, Files.readString(file), null, Map.of(), 40);
			}
		}
		assertThat(engines.counts().plansFound() + engines.counts().plansCompiled()).isEqualTo(2L * this.runs);
		assertThat(engines.counts().plansCompiled()).isEqualTo(this.runs / 40);
	}

	@Test
	void responsesWithoutErrorPropagationAndHaltedOnesAreAsRequested() {
		GraphQLSchema schema = UnreliableSchema.create(UnreliableSchema.SDL);
		TwoEngines engines = new TwoEngines(schema);
		RandomOperations operations = new RandomOperations(schema, SEED);
		while (this.runs < RUNS / 5) {
			String document = operations.next();
			Map<String, @Nullable Object> variables = operations.variables();
			if (ParseAndValidate.parseAndValidate(schema, ExecutionInput.newExecutionInput(document).build())
				.isFailure()) {
				continue;
			}
			UnreliableSchema.onOtherThreads(this.runs % 2 == 0);
			int seed = document.hashCode();
			// The limit makes graphql-java's own strategies execute the operation.
			for (Map<Object, Object> fallback : List.<Map<Object, Object>>of(Map.of(),
					Map.of(ResultNodesInfo.MAX_RESULT_NODES, 1_000_000))) {
				Function<Map<?, Object>, Supplier<ExecutionInput.Builder>> input = (context) -> () -> {
					ExecutionInput.Builder builder = TwoEngines.input(document, variables, UnreliableSchema.loaders())
						.graphQLContext(fallback)
						.graphQLContext(context);
					UnreliableSchema.seed(builder, seed);
					return builder;
				};
				compareWithoutPropagation(engines, input, document);
				compareHalted(engines, input, document);
			}
			this.runs++;
		}
	}

	private static void compareWithoutPropagation(TwoEngines engines,
			Function<Map<?, Object>, Supplier<ExecutionInput.Builder>> input, String document) {
		Response expected = engines.stock(input.apply(Map.of(TwoEngines.NO_PROPAGATION, true)));
		Supplier<ExecutionInput.Builder> without = input.apply(context(ErrorBehavior.NULL));
		assertThat(engines.kennel(without).json()).as(document).isEqualTo(expected.json());
		assertThat(engines.prepared(without).json()).as(document).isEqualTo(expected.json());
	}

	private static void compareHalted(TwoEngines engines,
			Function<Map<?, Object>, Supplier<ExecutionInput.Builder>> input, String document) {
		Response complete = engines.stock(input.apply(Map.of()));
		Supplier<ExecutionInput.Builder> halting = input.apply(context(ErrorBehavior.HALT));
		for (Response halted : List.of(engines.kennel(halting), engines.prepared(halting))) {
			if (complete.errors().isEmpty()) {
				assertThat(halted.json()).as(document).isEqualTo(complete.json());
				continue;
			}
			assertThat(halted.errors()).as(document).hasSize(1);
			assertThat(halted.json()).as(document).endsWith("\"data\":null}");
			assertThat(complete.errors().stream().map(GraphQLError::getPath)).as(document)
				.contains(halted.errors().getFirst().getPath());
		}
	}

	private static Map<?, Object> context(ErrorBehavior behavior) {
		GraphQLContext context = GraphQLContext.getDefault();
		behavior.putInto(context);
		return context.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private void compare(TwoEngines engines, String document, @Nullable String operationName,
			Map<String, @Nullable Object> variables, int times) {
		for (int run = 0; run < times; run++) {
			UnreliableSchema.onOtherThreads(run == 0);
			int seed = document.hashCode() + run;
			Supplier<ExecutionInput.Builder> input = () -> {
				ExecutionInput.Builder builder = TwoEngines.input(document, variables, UnreliableSchema.loaders())
					.operationName(operationName);
				UnreliableSchema.seed(builder, seed);
				return builder;
			};
			Response expected = engines.stock(input);
			Response actual = engines.kennel(input);
			assertThat(actual.json()).as("seed %d, %s with %s", seed, document, variables).isEqualTo(expected.json());
			assertThat(actual.map()).isEqualTo(expected.map());
			Response prepared = engines.prepared(input);
			assertThat(prepared.json()).as("seed %d, %s with %s", seed, document, variables).isEqualTo(expected.json());
			assertThat(prepared.map()).isEqualTo(expected.map());
			this.runs++;
			this.withErrors += expected.errors().isEmpty() ? 0 : 1;
		}
	}

	private static String sdl() {
		try (Stream<Path> files = Files.list(Path.of("schema"))) {
			StringBuilder sdl = new StringBuilder();
			for (Path file : files.sorted().toList()) {
				sdl.append(Files.readString(file)).append('\n');
			}
			return sdl.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
