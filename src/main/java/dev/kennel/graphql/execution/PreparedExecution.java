package dev.kennel.graphql.execution;

import java.util.concurrent.CompletableFuture;

import dev.kennel.graphql.document.PreparedOperation;
import graphql.EngineRunningState;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.GraphQL;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.Profiler;
import graphql.execution.CoercedVariables;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionContextBuilder;
import graphql.execution.ExecutionId;
import graphql.execution.ResponseMapFactory;
import graphql.execution.ValuesResolver;
import graphql.extensions.ExtensionsBuilder;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLSchema;
import graphql.util.FpKit;
import org.jspecify.annotations.Nullable;

/**
 * Runs prepared queries and mutations by their plans. It does what graphql-java's
 * {@code Execution} does around a strategy, as far as an operation that has been prepared
 * needs it.
 */
final class PreparedExecution {

	private final GraphQL graphQl;

	private final GraphQLSchema schema;

	private final Planner planner;

	private final DataFetcherExceptionHandler exceptionHandler;

	PreparedExecution(GraphQL graphQl, Planner planner, DataFetcherExceptionHandler exceptionHandler) {
		this.graphQl = graphQl;
		this.schema = graphQl.getGraphQLSchema();
		this.planner = planner;
		this.exceptionHandler = exceptionHandler;
	}

	/**
	 * Begins to run an operation.
	 * @return what becomes of it, or null if graphql-java is to run it
	 */
	@Nullable CompletableFuture<ExecutionResult> start(ExecutionInput input, PreparedOperation operation) {
		OperationDefinition definition = operation.definition();
		// A directive of an operation is one that graphql-java knows something of.
		if (!definition.getDirectives().isEmpty()) {
			return null;
		}
		CoercedVariables variables;
		try {
			variables = ValuesResolver.coerceVariableValues(this.schema, definition.getVariableDefinitions(),
					input.getRawVariables(), input.getGraphQLContext(), input.getLocale());
		}
		catch (RuntimeException ex) {
			if (ex instanceof GraphQLError error) {
				return CompletableFuture.completedFuture(new ExecutionResultImpl(error));
			}
			throw ex;
		}
		ExecutionContext context = context(input, operation, variables);
		OperationPlan plan = this.planner.plan(context);
		if (plan == null) {
			return null;
		}
		GraphQLContext shared = input.getGraphQLContext();
		shared.computeIfAbsent(ExtensionsBuilder.class, (key) -> ExtensionsBuilder.newExtensionsBuilder());
		boolean serial = definition.getOperation() == OperationDefinition.Operation.MUTATION;
		return new LevelExecution(context, plan, serial, this.exceptionHandler).run()
			.thenApply((result) -> OperationEngine.withExtensions(result, shared));
	}

	private ExecutionContext context(ExecutionInput input, PreparedOperation operation, CoercedVariables variables) {
		ExecutionId id = input.getExecutionId();
		return ExecutionContextBuilder.newExecutionContextBuilder()
			.instrumentation(this.graphQl.getInstrumentation())
			.executionId((id != null) ? id : ExecutionId.generate())
			.graphQLSchema(this.schema)
			.graphQLContext(input.getGraphQLContext())
			.localContext(input.getLocalContext())
			.root(input.getRoot())
			.fragmentsByName(OperationVariants.of(operation).fragments())
			.coercedVariables(variables)
			.normalizedVariableValues(
					FpKit.intraThreadMemoize(() -> ValuesResolver.getNormalizedVariableValues(this.schema,
							operation.definition().getVariableDefinitions(), input.getRawVariables(),
							input.getGraphQLContext(), input.getLocale())))
			.document(operation.document().getDocument())
			.operationDefinition(operation.definition())
			.dataLoaderRegistry(input.getDataLoaderRegistry())
			.locale(input.getLocale())
			.valueUnboxer(this.graphQl.getValueUnboxer())
			.responseMapFactory(ResponseMapFactory.DEFAULT)
			.executionInput(input)
			.propagapropagateErrorsOnNonNullContractFailureeErrors(true)
			.engineRunningState(new EngineRunningState(input, Profiler.NO_OP))
			.profiler(Profiler.NO_OP)
			.build();
	}

}
