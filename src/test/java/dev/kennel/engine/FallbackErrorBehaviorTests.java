package dev.kennel.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.FallbackReason;
import dev.kennel.engine.plan.Planner;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.execution.ResultNodesInfo;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.schema.DataFetcher;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeRuntimeWiring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The error behavior of operations that graphql-java's own strategies execute. */
class FallbackErrorBehaviorTests {

	private final List<String> called = new ArrayList<>();

	private final ExecutionCounts counts = new ExecutionCounts();

	private ExecutionResult execute(String document, ErrorBehavior behavior, boolean later) {
		DataFetcher<Object> fetcher = (environment) -> {
			this.called.add(environment.getField().getResultKey());
			if (environment.getField().getResultKey().startsWith("fail")) {
				throw new IllegalStateException("failed");
			}
			return later ? CompletableFuture.supplyAsync(() -> "done") : "done";
		};
		Planner planner = new Planner(this.counts);
		GraphQL engine = GraphQL
			.newGraphQL(new SchemaGenerator().makeExecutableSchema(
					new SchemaParser().parse("type Query { run: String! } type Mutation { run: String! }"),
					RuntimeWiring.newRuntimeWiring()
						.type(TypeRuntimeWiring.newTypeWiring("Query").dataFetcher("run", fetcher))
						.type(TypeRuntimeWiring.newTypeWiring("Mutation").dataFetcher("run", fetcher))
						.build()))
			.queryExecutionStrategy(LevelStrategy.ofQueries(planner, new SimpleDataFetcherExceptionHandler()))
			.mutationExecutionStrategy(LevelStrategy.ofMutations(planner, new SimpleDataFetcherExceptionHandler()))
			.build();
		ExecutionInput input = ExecutionInput.newExecutionInput(document)
			.graphQLContext(Map.of(ResultNodesInfo.MAX_RESULT_NODES, 1_000))
			.build();
		behavior.putInto(input.getGraphQLContext());
		ExecutionResult result = engine.execute(input);
		assertThat(this.counts.fallbacks(FallbackReason.LIMITED_NODES)).isEqualTo(1);
		return result;
	}

	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void noFieldOfAMutationIsCalledAfterTheErrorThatHaltsIt(boolean later) {
		ExecutionResult result = execute("mutation { a: run fail: run b: run fail2: run }", ErrorBehavior.HALT, later);

		assertThat(this.called).containsExactly("a", "fail");
		assertThat(result.isDataPresent()).isTrue();
		assertThat(result.<Object>getData()).isNull();
		assertThat(result.getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getPath()).isEqualTo(List.of("fail")));
	}

	@Test
	void fieldsOfAMutationAreCalledWhereErrorsLeaveNull() {
		ExecutionResult result = execute("mutation { a: run fail: run b: run }", ErrorBehavior.NULL, false);

		assertThat(this.called).containsExactly("a", "fail", "b");
		assertThat(result.<Object>getData()).hasToString("{a=done, fail=null, b=done}");
		assertThat(result.getErrors()).hasSize(1);
	}

	@Test
	void haltedQueryHasItsFirstErrorAndNoData() {
		ExecutionResult result = execute("{ a: run fail: run b: run fail2: run }", ErrorBehavior.HALT, false);

		assertThat(result.<Object>getData()).isNull();
		assertThat(result.getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getPath()).isEqualTo(List.of("fail")));
	}

}
