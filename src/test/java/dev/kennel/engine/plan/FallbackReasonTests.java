package dev.kennel.engine.plan;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.kennel.engine.LevelStrategy;
import dev.kennel.engine.OwnersAndDogs;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExperimentalApi;
import graphql.GraphQL;
import graphql.execution.ResultNodesInfo;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.conditional.ConditionalNodeDecision;
import graphql.execution.instrumentation.ChainedInstrumentation;
import graphql.execution.instrumentation.Instrumentation;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimpleInstrumentationContext;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecutionParameters;
import graphql.execution.instrumentation.parameters.InstrumentationFieldFetchParameters;
import graphql.schema.DataFetcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Operations that fall back to graphql-java are executed and counted. */
class FallbackReasonTests {

	private static final ConditionalNodeDecision ALL = (environment) -> true;

	private final ExecutionCounts counts = new ExecutionCounts();

	private ExecutionResult execute(Instrumentation instrumentation, String document,
			Consumer<ExecutionInput.Builder> settings) {
		GraphQL engine = GraphQL.newGraphQL(OwnersAndDogs.schema())
			.instrumentation(instrumentation)
			.queryExecutionStrategy(
					LevelStrategy.ofQueries(new Planner(this.counts), new SimpleDataFetcherExceptionHandler()))
			.build();
		ExecutionInput.Builder input = ExecutionInput.newExecutionInput(document);
		settings.accept(input);
		return engine.execute(input);
	}

	static Stream<Arguments> settings() {
		return Stream.of(
				Arguments.of(FallbackReason.INCREMENTAL_DELIVERY,
						Map.of(ExperimentalApi.ENABLE_INCREMENTAL_SUPPORT, true)),
				Arguments.of(FallbackReason.LIMITED_NODES, Map.of(ResultNodesInfo.MAX_RESULT_NODES, 1_000)),
				Arguments.of(FallbackReason.NODE_DECISION, Map.of(ConditionalNodeDecision.class, ALL)));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void unsupportedContextSettingFallsBackToGraphqlJava(FallbackReason reason, Map<?, Object> context) {
		ExecutionResult result = execute(SimplePerformantInstrumentation.INSTANCE,
				"{ myOwners(first: 2) { nodes { name } } }", (input) -> input.graphQLContext(context));

		assertThat(result.toSpecification()).hasToString("{data={myOwners={nodes=[{name=Ann 0}, {name=Ann 1}]}}}");
		assertThat(this.counts.fallbacks(reason)).isEqualTo(1);
		assertThat(this.counts.plansCompiled()).isZero();
	}

	@Test
	void introspectionFallsBackToGraphqlJava() {
		ExecutionResult result = execute(SimplePerformantInstrumentation.INSTANCE,
				"{ __type(name: \"Dog\") { name } myOwners(first: 1) { nodes { id } } }", (input) -> {
				});

		assertThat(result.toSpecification()).hasToString("{data={__type={name=Dog}, myOwners={nodes=[{id=own_0}]}}}");
		assertThat(this.counts.fallbacks(FallbackReason.INTROSPECTION)).isEqualTo(1);
		assertThat(this.counts.plansFound()).isZero();
	}

	@Test
	void fieldInstrumentationFallsBackToGraphqlJava() {
		StringBuilder observed = new StringBuilder();
		execute(new ChainedInstrumentation(new SimplePerformantInstrumentation() {
			@Override
			public DataFetcher<?> instrumentDataFetcher(DataFetcher<?> fetcher,
					InstrumentationFieldFetchParameters parameters, InstrumentationState state) {
				observed.append(parameters.getExecutionStepInfo().getPath());
				return fetcher;
			}
		}), "{ myOwners(first: 1) { nodes { id } } }", (input) -> {
		});

		assertThat(observed).hasToString("/myOwners/myOwners/nodes/myOwners/nodes[0]/id");
		assertThat(this.counts.fallbacks(FallbackReason.FIELD_INSTRUMENTATION)).isEqualTo(1);
	}

	@Test
	void requestInstrumentationDoesNotFallBack() {
		StringBuilder observed = new StringBuilder();
		execute(new ChainedInstrumentation(new SimplePerformantInstrumentation() {
			@Override
			public InstrumentationContext<ExecutionResult> beginExecution(InstrumentationExecutionParameters parameters,
					InstrumentationState state) {
				return SimpleInstrumentationContext
					.whenCompleted((result, failure) -> observed.append(result.<Object>getData()));
			}
		}), "{ myOwners(first: 1) { nodes { id } } }", (input) -> {
		});

		assertThat(observed).hasToString("{myOwners={nodes=[{id=own_0}]}}");
		assertThat(this.counts.plansCompiled()).isEqualTo(1);
		assertThat(this.counts.fallbacks(FallbackReason.FIELD_INSTRUMENTATION)).isZero();
	}

}
