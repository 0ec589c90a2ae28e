package dev.kennel.engine;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.loader.ExecutionThreads;
import dev.kennel.engine.loader.PendingBatches;
import dev.kennel.engine.plan.OperationPlan;
import dev.kennel.engine.plan.PlanVariants;
import dev.kennel.engine.plan.Planner;
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
import graphql.execution.instrumentation.ChainedInstrumentation;
import graphql.execution.instrumentation.Instrumentation;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.dataloader.EmptyDataLoaderRegistryInstance;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.extensions.ExtensionsBuilder;
import graphql.language.OperationDefinition;
import graphql.language.OperationDefinition.Operation;
import graphql.schema.GraphQLSchema;
import graphql.util.FpKit;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.DataLoaderRegistrar;
import org.springframework.util.function.SingletonSupplier;

/**
 * Executes operations of parsed and validated documents. A query or mutation is executed
 * by its plan directly, without the work of {@code graphql.execution.Execution} around a
 * strategy: what that assembles for each request is kept with the document. graphql-java
 * executes everything else.
 */
public final class BreadthFirstEngine {

	private static final Object ENTRY = BreadthFirstEngine.class;

	/** Reads the document from the {@link GraphQLContext}. */
	private final GraphQL graphQl;

	private final GraphQLSchema schema;

	private final Planner planner;

	private final DataFetcherExceptionHandler exceptionHandler;

	private final List<DataLoaderRegistrar> loaders;

	private final boolean instrumented;

	/** Evaluated at the first request, when the application has started. */
	private final SingletonSupplier<Boolean> hasDataLoaders;

	/**
	 * Creates an engine.
	 * @param graphQl graphql-java, with the strategies of the same planner
	 * @param planner the planner
	 * @param exceptionHandler the handler of exceptions from data fetchers
	 * @param loaders the registrars of the application's data loaders
	 */
	public BreadthFirstEngine(GraphQL graphQl, Planner planner, DataFetcherExceptionHandler exceptionHandler,
			List<DataLoaderRegistrar> loaders) {
		this.graphQl = graphQl.transform((builder) -> builder.preparsedDocumentProvider(
				(input, parse) -> CompletableFuture.completedFuture(input.getGraphQLContext().get(ENTRY))));
		this.schema = graphQl.getGraphQLSchema();
		this.planner = planner;
		this.exceptionHandler = exceptionHandler;
		this.loaders = List.copyOf(loaders);
		this.hasDataLoaders = SingletonSupplier.of(this::hasDataLoaders);
		this.instrumented = isInstrumented(graphQl.getInstrumentation());
	}

	private static boolean isInstrumented(Instrumentation instrumentation) {
		return instrumentation.getClass() != SimplePerformantInstrumentation.class
				&& !(instrumentation instanceof ChainedInstrumentation chain && chain.getInstrumentations().isEmpty());
	}

	/**
	 * Executes an operation by its plan.
	 * @param input the request, whose context may hold {@link PlanVariants} and
	 * {@link ExecutionThreads}
	 * @param entry the document, without errors
	 * @param operation the operation of the document
	 * @return the future of the result, or null if graphql-java has to execute the
	 * operation, with {@link #executeByGraphQlJava}
	 */
	public @Nullable CompletableFuture<ExecutionResult> execute(ExecutionInput input, PreparsedDocumentEntry entry,
			OperationDefinition operation) {
		// graphql-java interprets directives of operations.
		if (this.instrumented || operation.getOperation() == Operation.SUBSCRIPTION
				|| !operation.getDirectives().isEmpty()) {
			return null;
		}
		ExecutionInput withLoaders = this.hasDataLoaders.obtain() ? withLoaders(input) : input;
		CoercedVariables variables;
		try {
			variables = ValuesResolver.coerceVariableValues(this.schema, operation.getVariableDefinitions(),
					input.getRawVariables(), input.getGraphQLContext(), input.getLocale());
		}
		catch (RuntimeException ex) {
			if (ex instanceof GraphQLError error) {
				return CompletableFuture.completedFuture(new ExecutionResultImpl(error));
			}
			throw ex;
		}
		PlanVariants plans = this.planner.plans(input.getGraphQLContext(), entry.getDocument(), operation);
		ExecutionContext context = context(withLoaders, entry, operation, plans, variables);
		OperationPlan plan = this.planner.plan(context, plans);
		if (plan == null) {
			return null;
		}
		GraphQLContext graphQlContext = input.getGraphQLContext();
		graphQlContext.computeIfAbsent(ExtensionsBuilder.class, (key) -> ExtensionsBuilder.newExtensionsBuilder());
		boolean serial = operation.getOperation() == Operation.MUTATION;
		return new LevelExecution(context, plan, serial, this.exceptionHandler).run()
			.thenApply((result) -> withExtensions(result, graphQlContext));
	}

	private ExecutionContext context(ExecutionInput input, PreparsedDocumentEntry entry, OperationDefinition operation,
			PlanVariants plans, CoercedVariables variables) {
		ExecutionId id = input.getExecutionId();
		return ExecutionContextBuilder.newExecutionContextBuilder()
			.instrumentation(this.graphQl.getInstrumentation())
			.executionId((id != null) ? id : ExecutionId.generate())
			.graphQLSchema(this.schema)
			.graphQLContext(input.getGraphQLContext())
			.localContext(input.getLocalContext())
			.root(input.getRoot())
			.fragmentsByName(plans.fragments())
			.coercedVariables(variables)
			.normalizedVariableValues(FpKit.intraThreadMemoize(
					() -> ValuesResolver.getNormalizedVariableValues(this.schema, operation.getVariableDefinitions(),
							input.getRawVariables(), input.getGraphQLContext(), input.getLocale())))
			.document(entry.getDocument())
			.operationDefinition(operation)
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

	/** Adds the extensions that data fetchers have contributed. */
	private static ExecutionResult withExtensions(ExecutionResult result, GraphQLContext context) {
		ExtensionsBuilder builder = Objects.requireNonNull(context.get(ExtensionsBuilder.class));
		Map<Object, Object> existing = result.getExtensions();
		if (existing != null) {
			builder.addValues(existing);
		}
		return builder.setExtensions(result);
	}

	/**
	 * Executes an operation with graphql-java: an operation without a plan, an
	 * {@code operationName} that the document lacks, or a subscription. The current
	 * thread may block.
	 * @param input the request
	 * @param entry the document, without errors
	 * @return the future of the result
	 */
	public CompletableFuture<ExecutionResult> executeByGraphQlJava(ExecutionInput input, PreparsedDocumentEntry entry) {
		input.getGraphQLContext().put(ENTRY, entry);
		// Without it, a field that loads with the value of another load never completes.
		GraphQL.unusualConfiguration(input.getGraphQLContext()).dataloaderConfig().enableDataLoaderChaining(true);
		try {
			return this.graphQl.executeAsync(withLoaders(input));
		}
		catch (RuntimeException ex) {
			if (ex instanceof GraphQLError error) {
				return CompletableFuture.completedFuture(new ExecutionResultImpl(error));
			}
			throw ex;
		}
	}

	private ExecutionInput withLoaders(ExecutionInput input) {
		if (!EmptyDataLoaderRegistryInstance.EMPTY_DATALOADER_REGISTRY.equals(input.getDataLoaderRegistry())) {
			return input;
		}
		DataLoaderRegistry registry = registry(input.getGraphQLContext());
		return input.transform((builder) -> builder.dataLoaderRegistry(registry));
	}

	/** Batches need a data loader only where graphql-java executes an operation. */
	private boolean hasDataLoaders() {
		return registry(GraphQLContext.getDefault()).getKeys()
			.stream()
			.anyMatch((name) -> !name.equals(PendingBatches.LOADER));
	}

	private DataLoaderRegistry registry(GraphQLContext context) {
		DataLoaderRegistry registry = new DataLoaderRegistry();
		this.loaders.forEach((registrar) -> registrar.registerDataLoaders(registry, context));
		return registry;
	}

}
