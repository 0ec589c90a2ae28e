package dev.kennel.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.incremental.SubsequentPayload;
import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import dev.kennel.engine.plan.StreamDirectiveValidator;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.ParseAndValidate;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.schema.DataFetcher;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class IncrementalExecutionTests {

	private static final String STREAM = """
			directive @stream(if: Boolean! = true, label: String, initialCount: Int! = 0) on FIELD
			""";

	private static final String SDL = STREAM + """
			type Query { dog: Dog dogs: [Dog] strict: [Dog!] names(count: Int): [String!] }
			type Mutation { rename: Dog }
			type Dog {
			  id: ID
			  name: String
			  loaded: String
			  failing: String
			  failingNonNull: String!
			  mother: Dog
			  friends: [Dog]
			  friendsNonNull: [Dog!]!
			}
			""";

	private static final int RUNS = Integer.getInteger("execution.runs", 5_000);

	private static final long SEED = Long.getLong("execution.seed", 1);

	private static final JsonMapper JSON = new JsonMapper();

	/** The keys of each batch. */
	private final List<List<String>> batches = new ArrayList<>();

	private final LevelBatchLoader<String, String> loader = LevelBatchLoader.async("loaded", (keys, context) -> {
		this.batches.add(List.copyOf(keys));
		Map<String, String> values = new HashMap<>();
		keys.forEach((key) -> values.put(key, "loaded " + key));
		return CompletableFuture.completedFuture(values);
	});

	/** A dog with a mother and friends, down to some depth. The id 13 fails. */
	record Dog(String id, int depth) {

		public String name() {
			return "dog " + this.id;
		}

		public @Nullable Dog mother() {
			return (this.depth > 0) ? new Dog(this.id + "m", this.depth - 1) : null;
		}

		public List<Dog> friends() {
			return (this.depth > 0)
					? List.of(new Dog(this.id + "a", this.depth - 1), new Dog(this.id + "b", this.depth - 1))
					: List.of();
		}

		public List<Dog> friendsNonNull() {
			return friends();
		}

	}

	private GraphQLSchema schema() {
		DataFetcher<?> dogs = (environment) -> List.of(new Dog("1", 3), new Dog("2", 3), new Dog("13", 3),
				new Dog("4", 3));
		return new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(SDL),
				RuntimeWiring.newRuntimeWiring()
					.type("Query",
							(type) -> type.dataFetcher("dog", (environment) -> new Dog("1", 3))
								.dataFetcher("dogs", dogs)
								.dataFetcher("strict", dogs)
								.dataFetcher("names", (environment) -> List.of("a", "b", "c", "d")))
					.type("Mutation", (type) -> type.dataFetcher("rename", (environment) -> new Dog("1", 3)))
					.type("Dog",
							(type) -> type
								.dataFetcher("loaded",
										(environment) -> this.loader.load(environment,
												dog(environment.getSource()).id()))
								.dataFetcher("failing", (environment) -> {
									throw new IllegalStateException("failing");
								})
								.dataFetcher("failingNonNull", (environment) -> {
									Dog dog = dog(environment.getSource());
									return dog.id().contains("3") ? null : dog.name();
								}))
					.build());
	}

	private static Dog dog(@Nullable Object source) {
		return (Dog) Objects.requireNonNull(source);
	}

	private List<String> execute(String document, Map<String, Object> variables, @Nullable IncrementalFormat format) {
		return execute(document, variables, format, ErrorBehavior.PROPAGATE);
	}

	private List<String> execute(String document, Map<String, Object> variables, @Nullable IncrementalFormat format,
			ErrorBehavior behavior) {
		List<String> payloads = new ArrayList<>();
		GraphQLSchema schema = schema();
		Document parsed = Parser.parse(document);
		assertThat(ParseAndValidate.validate(schema, parsed)).isEmpty();
		assertThat(StreamDirectiveValidator.validate(schema, parsed)).isEmpty();
		ExecutionInput input = ExecutionInput.newExecutionInput(document).variables(variables).build();
		behavior.putInto(input.getGraphQLContext());
		ExecutionResult result = execute(schema, parsed, input, format);
		IncrementalResult rest = IncrementalResult.find(input.getGraphQLContext());
		if (rest == null || format == null) {
			assertThat(rest).isNull();
			return List.of(JSON.writeValueAsString(result.toSpecification()));
		}
		UnaryOperator<List<GraphQLError>> plain = (errors) -> errors.stream()
			.<GraphQLError>map((error) -> GraphQLError.newError()
				.message(String.valueOf(error.getMessage()).replaceAll("(?s) [:(].*", ""))
				.path(error.getPath())
				.build())
			.toList();
		payloads.add(JSON.writeValueAsString(format.initialPayload(result.toSpecification(), rest.pending())));
		while (rest.hasNext()) {
			payloads.add(JSON.writeValueAsString(format.subsequentPayload(rest.next().join(), plain))
				.replaceAll(",\"extensions\":\\{[^}]*}", "")
				.replaceAll("\"locations\":\\[],?", ""));
		}
		return payloads;
	}

	private static ExecutionResult execute(GraphQLSchema schema, Document document, ExecutionInput input,
			@Nullable IncrementalFormat format) {
		BreadthFirstEngine engine = new BreadthFirstEngine(GraphQL.newGraphQL(schema).build(),
				new Planner(new ExecutionCounts()), new SimpleDataFetcherExceptionHandler(), List.of());
		if (format != null) {
			format.putInto(input.getGraphQLContext());
		}
		return Objects.requireNonNull(engine.execute(input, new PreparsedDocumentEntry(document),
				document.getFirstDefinitionOfType(OperationDefinition.class).orElseThrow()))
			.join();
	}

	private List<String> current(String document) {
		return execute(document, Map.of(), IncrementalFormat.V0_2);
	}

	@Test
	void resultIsWholeWithoutAnIncrementalFormat() {
		assertThat(execute("{ dog { id ... @defer { name } friends @stream { id } } }", Map.of(), null))
			.containsExactly("{\"data\":{\"dog\":{\"id\":\"1\",\"name\":\"dog 1\",\"friends\":[{\"id\":\"1a\"},"
					+ "{\"id\":\"1b\"}]}}}");
	}

	@Test
	void fragmentIsDeliveredAfterTheResult() {
		assertThat(current("{ dog { id ...Name @defer(label: \"n\") } } fragment Name on Dog { name }"))
			.containsExactly(
					"{\"data\":{\"dog\":{\"id\":\"1\"}},\"pending\":[{\"id\":\"0\",\"path\":[\"dog\"],\"label\":\"n\"}],"
							+ "\"hasNext\":true}",
					"{\"incremental\":[{\"id\":\"0\",\"data\":{\"name\":\"dog 1\"}}],\"completed\":[{\"id\":\"0\"}],"
							+ "\"hasNext\":false}");
	}

	@Test
	void rootFragmentIsDelivered() {
		assertThat(current("{ ... @defer { dog { id } } }")).containsExactly(
				"{\"data\":{},\"pending\":[{\"id\":\"0\",\"path\":[]}],\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"0\",\"data\":{\"dog\":{\"id\":\"1\"}}}],\"completed\":[{\"id\":\"0\"}],"
						+ "\"hasNext\":false}");
	}

	@Test
	void fragmentOfPayloadOfMutationIsDelivered() {
		assertThat(current("mutation { rename { id ... @defer { name } } }")).hasSize(2);
	}

	@Test
	void fieldOutsideOfFragmentIsDeliveredOnce() {
		assertThat(current("{ dog { mother { id } ... @defer { mother { id name } } ... @defer { mother { id } } } }"))
			.containsExactly(
					"{\"data\":{\"dog\":{\"mother\":{\"id\":\"1m\"}}},\"pending\":[{\"id\":\"0\",\"path\":[\"dog\"]}],"
							+ "\"hasNext\":true}",
					"{\"incremental\":[{\"id\":\"0\",\"subPath\":[\"mother\"],\"data\":{\"name\":\"dog 1m\"}}],"
							+ "\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
	}

	@Test
	void olderFormatDeliversAllFieldsOfAFragment() {
		assertThat(execute("{ dog { mother { id } ... @defer(label: \"m\") { mother { id name } } } }", Map.of(),
				IncrementalFormat.DEFER_20220824))
			.containsExactly("{\"data\":{\"dog\":{\"mother\":{\"id\":\"1m\"}}},\"hasNext\":true}",
					"{\"incremental\":[{\"data\":{\"mother\":{\"id\":\"1m\",\"name\":\"dog 1m\"}},\"path\":[\"dog\"],"
							+ "\"label\":\"m\"}],\"hasNext\":false}");
	}

	@Test
	void nestedFragmentFollowsItsOuterOne() {
		assertThat(current("{ dog { ... @defer(label: \"a\") { name ... @defer(label: \"b\") { id } } } }"))
			.containsExactly(
					"{\"data\":{\"dog\":{}},\"pending\":[{\"id\":\"0\",\"path\":[\"dog\"],\"label\":\"a\"}],"
							+ "\"hasNext\":true}",
					"{\"pending\":[{\"id\":\"1\",\"path\":[\"dog\"],\"label\":\"b\"}],"
							+ "\"incremental\":[{\"id\":\"0\",\"data\":{\"name\":\"dog 1\"}}],"
							+ "\"completed\":[{\"id\":\"0\"}],\"hasNext\":true}",
					"{\"incremental\":[{\"id\":\"1\",\"data\":{\"id\":\"1\"}}],\"completed\":[{\"id\":\"1\"}],"
							+ "\"hasNext\":false}");
	}

	@Test
	void falseConditionDisablesTheDirectives() {
		String document = "query ($on: Boolean!) { dog { ... @defer(if: $on) { id } friends @stream(if: $on) { id } } }";

		assertThat(execute(document, Map.of("on", false), IncrementalFormat.V0_2))
			.containsExactly("{\"data\":{\"dog\":{\"id\":\"1\",\"friends\":[{\"id\":\"1a\"},{\"id\":\"1b\"}]}}}");
		assertThat(execute(document, Map.of("on", true), IncrementalFormat.V0_2)).hasSize(3);
	}

	@Test
	void fragmentOfAllObjectsIsOneBatch() {
		List<String> payloads = current("{ dogs { id ... @defer { loaded } } }");

		assertThat(payloads).hasSize(2);
		assertThat(payloads.getFirst()).contains("\"pending\":[{\"id\":\"0\",\"path\":[\"dogs\",0]}");
		assertThat(payloads.getLast()).contains("{\"id\":\"3\",\"data\":{\"loaded\":\"loaded 4\"}}");
		assertThat(this.batches).containsExactly(List.of("1", "2", "13", "4"));
	}

	@Test
	void deliveryIsExecutedOnDemand() {
		GraphQLSchema schema = schema();
		ExecutionInput input = ExecutionInput.newExecutionInput("{ dog { ... @defer { loaded } } }").build();
		execute(schema, Parser.parse(input.getQuery()), input, IncrementalFormat.V0_2);

		assertThat(this.batches).isEmpty();
		assertThat(Objects.requireNonNull(IncrementalResult.find(input.getGraphQLContext())).next().join().hasNext())
			.isFalse();
		assertThat(this.batches).containsExactly(List.of("1"));
	}

	@Test
	void itemsAfterTheFirstAreStreamed() {
		assertThat(current("{ names @stream(initialCount: 1, label: \"s\") }")).containsExactly(
				"{\"data\":{\"names\":[\"a\"]},\"pending\":[{\"id\":\"0\",\"path\":[\"names\"],\"label\":\"s\"}],"
						+ "\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"0\",\"items\":[\"b\",\"c\",\"d\"]}],\"completed\":[{\"id\":\"0\"}],"
						+ "\"hasNext\":false}");
		assertThat(
				execute("{ names @stream(initialCount: 3, label: \"s\") }", Map.of(), IncrementalFormat.DEFER_20220824))
			.containsExactly("{\"data\":{\"names\":[\"a\",\"b\",\"c\"]},\"hasNext\":true}",
					"{\"incremental\":[{\"items\":[\"d\"],\"path\":[\"names\",3],\"label\":\"s\"}],\"hasNext\":false}");
	}

	@Test
	void listWithoutFurtherItemsIsNotStreamed() {
		assertThat(current("{ names @stream(initialCount: 4) }"))
			.containsExactly("{\"data\":{\"names\":[\"a\",\"b\",\"c\",\"d\"]}}");
	}

	@Test
	void negativeInitialCountIsAnErrorOfTheField() {
		List<String> payloads = execute("query ($n: Int!) { names @stream(initialCount: $n) }", Map.of("n", -1),
				IncrementalFormat.V0_2);

		assertThat(payloads).hasSize(1);
		assertThat(payloads.getFirst()).contains("\"data\":{\"names\":null}")
			.contains("The initialCount of a stream can't be negative.")
			.contains("\"path\":[\"names\"]");
	}

	@Test
	void fragmentsOfStreamedItemsAreAnnouncedWithThem() {
		assertThat(current("{ dog { friends @stream(initialCount: 1) { id ... @defer { name } } } }")).containsExactly(
				"{\"data\":{\"dog\":{\"friends\":[{\"id\":\"1a\"}]}},\"pending\":[{\"id\":\"0\",\"path\":"
						+ "[\"dog\",\"friends\",0]},{\"id\":\"1\",\"path\":[\"dog\",\"friends\"]}],\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"0\",\"data\":{\"name\":\"dog 1a\"}}],\"completed\":[{\"id\":\"0\"}],"
						+ "\"hasNext\":true}",
				"{\"pending\":[{\"id\":\"2\",\"path\":[\"dog\",\"friends\",1]}],"
						+ "\"incremental\":[{\"id\":\"1\",\"items\":[{\"id\":\"1b\"}]}],\"completed\":[{\"id\":\"1\"}],"
						+ "\"hasNext\":true}",
				"{\"incremental\":[{\"id\":\"2\",\"data\":{\"name\":\"dog 1b\"}}],\"completed\":[{\"id\":\"2\"}],"
						+ "\"hasNext\":false}");
	}

	@Test
	void errorOfNullableFieldIsDeliveredWithIt() {
		assertThat(current("{ dog { id ... @defer { failing } } }").getLast())
			.startsWith("{\"incremental\":[{\"id\":\"0\",\"data\":{\"failing\":null},\"errors\":[{\"message\":")
			.contains("\"path\":[\"dog\",\"failing\"]")
			.endsWith("}]}],\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
	}

	@Test
	void nullAtANonNullPositionFailsTheFragmentAndNotItsObject() {
		List<String> payloads = current("{ dogs { id ... @defer { name failingNonNull } } }");

		assertThat(payloads.getFirst()).contains("{\"id\":\"13\"}").doesNotContain("errors");
		assertThat(payloads.getLast()).contains("{\"id\":\"2\",\"errors\":[{")
			.contains("\"path\":[\"dogs\",2,\"failingNonNull\"]")
			.contains("{\"id\":\"3\",\"data\":{\"name\":\"dog 4\",\"failingNonNull\":\"dog 4\"}}")
			.doesNotContain("dog 13");
		assertThat(execute("{ dogs { id ... @defer(label: \"l\") { name failingNonNull } } }", Map.of(),
				IncrementalFormat.DEFER_20220824)
			.getLast()).contains("{\"data\":null,\"path\":[\"dogs\",2],\"label\":\"l\",\"errors\":[");
	}

	@Test
	void nullAtANonNullItemEndsTheStreamBeforeIt() {
		String streamed = current("{ strict @stream(initialCount: 1) { failingNonNull } }").getLast();

		assertThat(streamed)
			.startsWith("{\"incremental\":[{\"id\":\"0\",\"items\":[{\"failingNonNull\":\"dog 2\"}]}],"
					+ "\"completed\":[{\"id\":\"0\",\"errors\":[{")
			.contains("\"path\":[\"strict\",2,\"failingNonNull\"]")
			.doesNotContain("dog 4");
	}

	@Test
	void nullAtANullableItemReplacesIt() {
		assertThat(current("{ dogs @stream(initialCount: 1) { failingNonNull } }").getLast())
			.startsWith("{\"incremental\":[{\"id\":\"0\",\"items\":[{\"failingNonNull\":\"dog 2\"},null,"
					+ "{\"failingNonNull\":\"dog 4\"}],\"errors\":[{");
	}

	@Test
	void nullObjectHasNoPendingFragment() {
		List<String> payloads = current("{ dogs { failingNonNull ... @defer { name } friends @stream { id } } }");

		assertThat(payloads.getFirst()).contains("},null,{").doesNotContain("\"path\":[\"dogs\",2]");
		assertThat(payloads).hasSize(3);
		assertThat(payloads.getLast()).endsWith("\"hasNext\":false}");
	}

	@Test
	void failureEndsAllPendingResults() {
		ExecutionInput input = ExecutionInput.newExecutionInput("{ dog { ... @defer { id } } names @stream }").build();
		execute(schema(), Parser.parse(input.getQuery()), input, IncrementalFormat.V0_2);
		IncrementalResult rest = Objects.requireNonNull(IncrementalResult.find(input.getGraphQLContext()));

		SubsequentPayload last = rest.fail(GraphQLError.newError().message("over").build());

		assertThat(JSON.writeValueAsString(IncrementalFormat.V0_2.subsequentPayload(last, (errors) -> errors)))
			.contains("\"completed\":[{\"id\":\"0\",\"errors\":[{\"message\":\"over\"")
			.contains("{\"id\":\"1\",\"errors\":[{\"message\":\"over\"")
			.endsWith("\"hasNext\":false}");
		assertThat(rest.hasNext()).isFalse();
	}

	@Test
	void valueIsNullInItsPartIfNullsAreNotPropagated() {
		assertThat(execute("{ dogs @stream(initialCount: 2) { id ... @defer { failingNonNull } } }", Map.of(),
				IncrementalFormat.V0_2, ErrorBehavior.NULL)
			.getLast()).contains("{\"id\":\"3\",\"data\":{\"failingNonNull\":null},\"errors\":[{")
			.contains("\"path\":[\"dogs\",2,\"failingNonNull\"]")
			.endsWith("\"completed\":[{\"id\":\"3\"},{\"id\":\"4\"}],\"hasNext\":false}");
		assertThat(execute("{ strict @stream(initialCount: 1) { failingNonNull } }", Map.of(), IncrementalFormat.V0_2,
				ErrorBehavior.NULL)
			.getLast())
			.startsWith("{\"incremental\":[{\"id\":\"0\",\"items\":[{\"failingNonNull\":\"dog 2\"},"
					+ "{\"failingNonNull\":null},{\"failingNonNull\":\"dog 4\"}],\"errors\":[{");
	}

	@Test
	void firstErrorHaltsAllPendingResults() {
		String document = "{ dogs { id ... @defer(label: \"a\") { name failingNonNull loaded } } "
				+ "dog { ... @defer(label: \"b\") { id } } names @stream(initialCount: 3, label: \"s\") }";

		List<String> current = execute(document, Map.of(), IncrementalFormat.V0_2, ErrorBehavior.HALT);
		List<String> older = execute(document, Map.of(), IncrementalFormat.DEFER_20220824, ErrorBehavior.HALT);

		assertThat(current).hasSize(2);
		assertThat(current.getFirst()).contains("\"id\":\"5\"").doesNotContain("\"id\":\"6\"");
		assertThat(current.getLast()).startsWith("{\"completed\":[{\"id\":\"0\",\"errors\":[{")
			.endsWith("\"hasNext\":false}")
			.doesNotContain("incremental", "dog 1");
		assertThat(current.getLast().split("\"path\":\\[\"dogs\",2,\"failingNonNull\"]")).hasSize(7);
		assertThat(older).hasSize(2);
		assertThat(older.getLast()).contains("{\"data\":null,\"path\":[\"dogs\",0],\"label\":\"a\",\"errors\":[{")
			.contains("{\"items\":null,\"path\":[\"names\",3],\"label\":\"s\",\"errors\":[{")
			.contains("{\"data\":null,\"path\":[\"dog\"],\"label\":\"b\",\"errors\":[{")
			.endsWith("\"hasNext\":false}");
		assertThat(this.batches).isEmpty();
	}

	@Test
	void errorOfTheInitialResultHaltsDeferredFragments() {
		List<String> payloads = execute("{ dogs { failing ... @defer { name } } }", Map.of(), IncrementalFormat.V0_2,
				ErrorBehavior.HALT);

		assertThat(payloads).singleElement()
			.asString()
			.contains("\"path\":[\"dogs\",0,\"failing\"]")
			.endsWith("\"data\":null}");
	}

	/**
	 * In the older format, an object that is null in one fragment may be there in
	 * another, so that errors make it ambiguous; clients/incremental compares it without
	 * them.
	 */
	@Test
	void mergedPayloadsOfRandomOperationsAreTheWholeResult() {
		AtomicInteger compared = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		compareRandomOperations(RUNS, ErrorBehavior.PROPAGATE, ErrorBehavior.PROPAGATE, (whole, merged) -> {
			assertThat(IncrementalMerge.toMaps(whole.getErrors())).containsAll(merged.errors());
			if (merged.failures() > 0) {
				failed.addAndGet(merged.failures());
				return;
			}
			assertSameData(whole, merged);
			compared.incrementAndGet();
		});
		assertThat(compared).hasValueGreaterThan(RUNS / 20);
		assertThat(failed).hasPositiveValue();
	}

	@Test
	void payloadsOfRandomOperationsWithoutPropagationAreTheWholeResultAndItsErrors() {
		AtomicInteger errors = new AtomicInteger();
		compareRandomOperations(RUNS, ErrorBehavior.NULL, ErrorBehavior.NULL, (whole, merged) -> {
			assertThat(merged.failures()).isZero();
			assertSameData(whole, merged);
			assertThat(merged.errors()).containsExactlyInAnyOrderElementsOf(IncrementalMerge.toMaps(whole.getErrors()));
			errors.addAndGet(merged.errors().size());
		});
		assertThat(errors).hasPositiveValue();
	}

	@Test
	void haltedPayloadsOfRandomOperationsEndWithOneError() {
		AtomicInteger halted = new AtomicInteger();
		compareRandomOperations(RUNS, ErrorBehavior.HALT, ErrorBehavior.PROPAGATE, (whole, merged) -> {
			List<Map<String, Object>> errors = IncrementalMerge.toMaps(whole.getErrors());
			assertThat(merged.errors()).hasSize(merged.failures());
			if (merged.failures() == 0) {
				assertThat(errors).isEmpty();
				assertSameData(whole, merged);
				return;
			}
			assertThat(Set.copyOf(merged.errors())).singleElement()
				.satisfies((error) -> assertThat(errors).contains(error));
			assertThat(IncrementalMerge.map(merged.payloads().getLast())).containsOnlyKeys("completed", "hasNext");
			halted.incrementAndGet();
		});
		assertThat(halted).hasPositiveValue();
	}

	/** Executes random operations whole and in parts. */
	private static void compareRandomOperations(int runs, ErrorBehavior behavior, ErrorBehavior wholeBehavior,
			BiConsumer<ExecutionResult, IncrementalMerge> comparison) {
		GraphQLSchema schema = UnreliableSchema.create(STREAM + UnreliableSchema.SDL);
		RandomOperations operations = new RandomOperations(schema, SEED).withIncrementalDelivery();
		for (int run = 0; run < runs; run++) {
			String text = operations.next();
			Map<String, @Nullable Object> variables = operations.variables();
			Document document = Parser.parse(text);
			if (!ParseAndValidate.validate(schema, document).isEmpty()
					|| !StreamDirectiveValidator.validate(schema, document).isEmpty()) {
				continue;
			}
			UnreliableSchema.onOtherThreads(run % 5 == 0);
			ExecutionResult whole = execute(schema, document, input(text, variables, wholeBehavior), null);
			ExecutionInput input = input(text, variables, behavior);
			ExecutionResult initial = execute(schema, document, input, IncrementalFormat.V0_2);
			IncrementalResult rest = IncrementalResult.find(input.getGraphQLContext());
			if (rest == null) {
				continue;
			}
			try {
				comparison.accept(whole, IncrementalMerge.read(initial, rest));
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError(text + " with " + variables, ex);
			}
		}
	}

	private static void assertSameData(ExecutionResult whole, IncrementalMerge merged) {
		assertThat(JSON.<JsonNode>valueToTree(merged.data()))
			.isEqualTo(JSON.readTree(JSON.writeValueAsString(whole.toSpecification().get("data"))));
	}

	private static ExecutionInput input(String document, Map<String, @Nullable Object> variables,
			ErrorBehavior behavior) {
		ExecutionInput.Builder builder = TwoEngines.input(document, variables, UnreliableSchema.loaders());
		UnreliableSchema.seed(builder, document.hashCode());
		ExecutionInput input = builder.build();
		behavior.putInto(input.getGraphQLContext());
		return input;
	}

}
