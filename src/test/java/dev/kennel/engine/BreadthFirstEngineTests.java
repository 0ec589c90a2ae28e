package dev.kennel.engine;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.schema.DataFetcher;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class BreadthFirstEngineTests {

	private static BreadthFirstEngine engine(DataFetcher<?> fetcher) {
		GraphQL graphQl = GraphQL.newGraphQL(new SchemaGenerator().makeExecutableSchema(
				new SchemaParser().parse("type Query { field: String }"),
				RuntimeWiring.newRuntimeWiring().type("Query", (type) -> type.dataFetcher("field", fetcher)).build()))
			.build();
		return new BreadthFirstEngine(graphQl, new Planner(new ExecutionCounts()),
				new SimpleDataFetcherExceptionHandler(), List.of());
	}

	/** Without chaining, the second load is never dispatched. */
	@Test
	void graphQlJavaDispatchesALoadThatDependsOnAnotherLoad() throws Exception {
		DataLoader<String, String> loader = DataLoaderFactory
			.newDataLoader((keys) -> CompletableFuture.completedFuture(keys.stream().map((key) -> key + "!").toList()));
		BreadthFirstEngine engine = engine((environment) -> {
			DataLoader<String, String> first = environment.getDataLoader("loader");
			return Objects.requireNonNull(first)
				.load("a")
				.thenCompose((value) -> Objects.requireNonNull(first).load(value + "b"));
		});
		ExecutionInput input = ExecutionInput.newExecutionInput("{ field }")
			.dataLoaderRegistry(DataLoaderRegistry.newRegistry().register("loader", loader).build())
			.build();

		ExecutionResult result = engine
			.executeByGraphQlJava(input, new PreparsedDocumentEntry(Parser.parse(input.getQuery())))
			.get(10, TimeUnit.SECONDS);

		assertThat(result.toSpecification()).isEqualTo(Map.of("data", Map.of("field", "a!b!")));
	}

	// Java does not check what NullAway does.
	@SuppressWarnings("NullAway")
	static List<LevelBatchLoader.AsyncBatch<String, String>> brokenBatches() {
		CompletableFuture<Map<String, String>> cancelled = new CompletableFuture<>();
		cancelled.cancel(false);
		return List.of((keys, context) -> cancelled, (keys, context) -> CompletableFuture.completedFuture(null),
				(keys, context) -> null,
				(keys, context) -> CompletableFuture.failedFuture(new CancellationException("cancelled")),
				(keys, context) -> {
					throw new IllegalStateException("broken");
				});
	}

	@ParameterizedTest
	@MethodSource("brokenBatches")
	void failedBatchFailsItsFields(LevelBatchLoader.AsyncBatch<String, String> batch) throws Exception {
		LevelBatchLoader<String, String> loader = LevelBatchLoader.async("broken", batch);
		BreadthFirstEngine engine = engine((environment) -> loader.load(environment, "a"));
		ExecutionInput input = ExecutionInput.newExecutionInput("{ field }").build();
		PreparsedDocumentEntry entry = new PreparsedDocumentEntry(Parser.parse(input.getQuery()));

		ExecutionResult result = Objects
			.requireNonNull(engine.execute(input, entry,
					entry.getDocument().getFirstDefinitionOfType(OperationDefinition.class).orElseThrow()))
			.get(10, TimeUnit.SECONDS);

		assertThat(result.<Map<String, Object>>getData()).containsEntry("field", null);
		assertThat(result.getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getPath()).containsExactly("field"));
	}

}
