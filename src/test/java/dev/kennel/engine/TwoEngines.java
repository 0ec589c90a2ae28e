package dev.kennel.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.concurrency.Futures;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import dev.kennel.graphql.document.PreparedDocuments;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.operation.OperationContext;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.instrumentation.dataloader.DataLoaderDispatchingContextKeys;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Definition;
import graphql.language.Directive;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.schema.GraphQLSchema;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One schema, executed by graphql-java's own strategies, by those of this package, and by
 * {@link BreadthFirstEngine} without graphql-java around it, as in production.
 */
final class TwoEngines {

	/** In the context of an operation whose nulls are not propagated by graphql-java. */
	static final Object NO_PROPAGATION = "noPropagation";

	private static final JsonMapper JSON = new JsonMapper();

	private final GraphQL stock;

	private final GraphQL kennel;

	private final BreadthFirstEngine prepared;

	private final GraphQLSchema schema;

	private final ExecutionCounts counts = new ExecutionCounts();

	/** The last document, which each engine executes several times. */
	private volatile @Nullable Prepared last;

	TwoEngines(GraphQLSchema schema) {
		this.schema = schema;
		DataFetcherExceptionHandler handler = new SimpleDataFetcherExceptionHandler();
		Planner planner = new Planner(this.counts);
		this.stock = GraphQL.newGraphQL(schema).preparsedDocumentProvider(this::prepareByGraphQlJava).build();
		this.kennel = GraphQL.newGraphQL(schema)
			.preparsedDocumentProvider(this::prepareByKennel)
			.queryExecutionStrategy(LevelStrategy.ofQueries(planner, handler))
			.mutationExecutionStrategy(LevelStrategy.ofMutations(planner, handler))
			.build();
		this.prepared = new BreadthFirstEngine(this.kennel, planner, handler, List.of());
	}

	private CompletableFuture<PreparsedDocumentEntry> prepareByGraphQlJava(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parse) {
		return prepare(input, parse)
			.thenApply((entry) -> input.getGraphQLContext().hasKey(NO_PROPAGATION) ? withoutPropagation(entry) : entry);
	}

	/** Adds graphql-java's directive to the operations, without changing locations. */
	@SuppressWarnings("rawtypes")
	private static PreparsedDocumentEntry withoutPropagation(PreparsedDocumentEntry entry) {
		Directive directive = Directive.newDirective().name("experimental_disableErrorPropagation").build();
		return new PreparsedDocumentEntry(entry.getDocument()
			.transform((document) -> document.definitions(entry.getDocument()
				.getDefinitions()
				.stream()
				.<Definition>map((definition) -> (definition instanceof OperationDefinition operation)
						? operation.transform((builder) -> builder.directive(directive)) : definition)
				.toList())));
	}

	private CompletableFuture<PreparsedDocumentEntry> prepareByKennel(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parse) {
		return prepare(input, (unchanged) -> new PreparsedDocumentEntry(Parser.parse(unchanged.getQuery())))
			.thenApply((entry) -> {
				PreparedDocuments.select(input, entry);
				return entry;
			});
	}

	private CompletableFuture<PreparsedDocumentEntry> prepare(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parse) {
		Prepared prepared = this.last;
		if (prepared == null || !prepared.document().equals(input.getQuery())) {
			prepared = new Prepared(input.getQuery(), PreparedDocuments.prepare(this.schema, parse.apply(input)));
			this.last = prepared;
		}
		return CompletableFuture.completedFuture(prepared.entry());
	}

	ExecutionCounts counts() {
		return this.counts;
	}

	Response stock(Supplier<ExecutionInput.Builder> input) {
		return execute((builder) -> this.stock.executeAsync(builder), input.get(), false);
	}

	Response kennel(Supplier<ExecutionInput.Builder> input) {
		return execute((builder) -> this.kennel.executeAsync(builder), input.get(), true);
	}

	Response prepared(Supplier<ExecutionInput.Builder> input) {
		return execute((built) -> CompletableFuture.supplyAsync(() -> Futures.join(prepared(built))), input.get(),
				true);
	}

	private CompletableFuture<ExecutionResult> prepared(ExecutionInput input) {
		PreparsedDocumentEntry entry = this.kennel.getPreparsedDocumentProvider()
			.getDocumentAsync(input, (unchanged) -> {
				throw new IllegalStateException("Documents are prepared here");
			})
			.join();
		if (entry.hasErrors()) {
			return CompletableFuture.completedFuture(new ExecutionResultImpl(entry.getErrors()));
		}
		PreparedOperation operation = OperationContext.of(input).operation();
		CompletableFuture<ExecutionResult> planned = (operation != null)
				? this.prepared.execute(input, entry, operation.definition()) : null;
		return (planned != null) ? planned : this.prepared.executeByGraphQlJava(input, entry);
	}

	private static Response execute(Function<ExecutionInput, CompletableFuture<ExecutionResult>> engine,
			ExecutionInput.Builder builder, boolean direct) {
		ExecutionInput input = builder.build();
		DataLoaderDispatchingContextKeys.setEnableDataLoaderChaining(input.getGraphQLContext(), true);
		ExecutionResult result;
		try {
			result = engine.apply(input).get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			return new Response("failed: " + ex.getCause(), "", List.of());
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new IllegalStateException("No answer to " + input.getQuery(), ex);
		}
		Map<String, Object> response = sorted(result);
		String bytes;
		if (direct) {
			try (ResponseJson json = ResponseJson.of(response)) {
				bytes = new String(json.toByteArray(), StandardCharsets.UTF_8);
			}
		}
		else {
			bytes = new String(JSON.writeValueAsBytes(response), StandardCharsets.UTF_8);
		}
		return new Response(bytes, JSON.writeValueAsString(response), result.getErrors());
	}

	/** Sorts the errors, whose order the specification leaves open. */
	private static Map<String, Object> sorted(ExecutionResult result) {
		Map<String, Object> response = new LinkedHashMap<>(result.toSpecification());
		List<GraphQLError> errors = new ArrayList<>(result.getErrors());
		errors.sort(Comparator.comparing((GraphQLError error) -> String.valueOf(error.getPath()))
			.thenComparing(GraphQLError::getMessage));
		if (!errors.isEmpty()) {
			response.put("errors", errors.stream().map(GraphQLError::toSpecification).toList());
		}
		return response;
	}

	@SuppressWarnings("NullAway")
	static ExecutionInput.Builder input(String document, Map<String, @Nullable Object> variables,
			DataLoaderRegistry loaders) {
		return ExecutionInput.newExecutionInput(document).variables(variables).dataLoaderRegistry(loaders);
	}

	private record Prepared(String document, PreparsedDocumentEntry entry) {
	}

	/**
	 * The response of an engine.
	 *
	 * @param json the response, as serialized by the transport
	 * @param map the response map, as serialized by Jackson
	 * @param errors the errors, in the order of the engine
	 */
	record Response(String json, String map, List<GraphQLError> errors) {
	}

}
