package dev.kennel.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.FallbackReason;
import dev.kennel.engine.plan.Planner;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.TypeResolutionEnvironment;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.ExecutionStrategy;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.TypeResolver;
import graphql.schema.idl.FieldWiringEnvironment;
import graphql.schema.idl.InterfaceWiringEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.UnionWiringEnvironment;
import graphql.schema.idl.WiringFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Conformance to the specification's rules of execution, as data. Each case of
 * {@code src/test/resources/execution} has a schema, a root object, an operation and the
 * expected response. In objects, {@code "!fail"} is a field that throws, {@code "!later"}
 * a value that a future completes, {@code "!fail later"} a future that fails, and
 * {@code __typename} the type of an object in a position of an abstract type.
 */
class SpecificationTests {

	private static final JsonMapper JSON = new JsonMapper();

	static Stream<Case> cases() throws IOException {
		List<Case> cases = new ArrayList<>();
		try (Stream<Path> files = Files.list(Path.of("src/test/resources/execution"))) {
			for (Path file : files.sorted().toList()) {
				JsonNode json = JSON.readTree(Files.readAllBytes(file));
				String schema = json.get("schema").values().stream().map(JsonNode::asString).reduce("", String::concat);
				for (JsonNode each : json.get("cases")) {
					cases.add(new Case(file.getFileName() + ": " + each.get("name").asString(), schema,
							each.has("data") ? each.get("data") : json.get("data"), each));
				}
			}
		}
		return cases.stream();
	}

	@ParameterizedTest
	@MethodSource("cases")
	void responseIsAsSpecified(Case each) {
		DataFetcherExceptionHandler handler = new SimpleDataFetcherExceptionHandler();
		ExecutionCounts counts = new ExecutionCounts();
		Planner planner = new Planner(counts);

		String expected = each.json().get("answer").toString();
		assertThat(
				response(each, LevelStrategy.ofQueries(planner, handler), LevelStrategy.ofMutations(planner, handler)))
			.isEqualTo(expected);
		assertThat(response(each, new AsyncExecutionStrategy(handler), new AsyncSerialExecutionStrategy(handler)))
			.isEqualTo(expected);
		assertThat(counts.plansCompiled()).isLessThanOrEqualTo(1);
		assertThat(counts.fallbacks(FallbackReason.INTROSPECTION)).isEqualTo(each.json().has("introspection") ? 1 : 0);
	}

	private static String response(Case each, ExecutionStrategy queries, ExecutionStrategy mutations) {
		GraphQL engine = GraphQL.newGraphQL(each.executable())
			.queryExecutionStrategy(queries)
			.mutationExecutionStrategy(mutations)
			.build();
		Map<String, Object> variables = new LinkedHashMap<>();
		if (each.json().has("variables")) {
			variables = JSON.convertValue(each.json().get("variables"),
					JSON.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, Object.class));
		}
		ExecutionResult result = engine
			.execute(ExecutionInput.newExecutionInput(Objects.requireNonNull(each.json().get("operation")).asString())
				.operationName(each.json().has("operationName") ? each.json().get("operationName").asString() : null)
				.variables(variables)
				.root(plain(each.data())));
		Map<String, @Nullable Object> response = new LinkedHashMap<>();
		if (!result.getErrors().isEmpty()) {
			response.put("errors",
					result.getErrors()
						.stream()
						.sorted(Comparator.comparing((GraphQLError error) -> String.valueOf(error.getPath())))
						.map(SpecificationTests::path)
						.toList());
		}
		if (result.isDataPresent()) {
			response.put("data", result.getData());
		}
		try (ResponseJson json = ResponseJson.of(response)) {
			return new String(json.toByteArray(), StandardCharsets.UTF_8);
		}
	}

	private static Object path(GraphQLError error) {
		return (error.getPath() != null) ? error.getPath() : "the request";
	}

	private static @Nullable Object plain(@Nullable JsonNode json) {
		if (json == null || json.isNull()) {
			return null;
		}
		if (json.isObject()) {
			Map<String, @Nullable Object> map = new LinkedHashMap<>();
			json.properties().forEach((member) -> map.put(member.getKey(), plain(member.getValue())));
			return map;
		}
		if (json.isArray()) {
			List<@Nullable Object> list = new ArrayList<>();
			json.forEach((item) -> list.add(plain(item)));
			return list;
		}
		return JSON.convertValue(json, Object.class);
	}

	/**
	 * A test case.
	 *
	 * @param name the name
	 * @param schema the schema
	 * @param data the root object
	 * @param json the operation and the expected response
	 */
	record Case(String name, String schema, @Nullable JsonNode data, JsonNode json) {

		GraphQLSchema executable() {
			return new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(this.schema),
					RuntimeWiring.newRuntimeWiring().wiringFactory(new Members()).build());
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/** Fetches fields from maps. */
	private static final class Members implements WiringFactory {

		private int calls;

		@Override
		public boolean providesDataFetcher(FieldWiringEnvironment environment) {
			return true;
		}

		@Override
		public DataFetcher<?> getDataFetcher(FieldWiringEnvironment environment) {
			return this::fetch;
		}

		// The engine awaits a returned future.
		@SuppressWarnings("FutureReturnValueIgnored")
		private @Nullable Object fetch(DataFetchingEnvironment environment) {
			Map<String, ?> source = Objects.requireNonNull(environment.getSource());
			String name = environment.getField().getName();
			if (name.equals("arguments")) {
				return JSON.writeValueAsString(environment.getArguments());
			}
			if (name.equals("count")) {
				return CompletableFuture.supplyAsync(() -> ++this.calls);
			}
			if (name.equals("counter")) {
				return Map.of("before", ++this.calls);
			}
			Object value = source.get(name);
			if (value instanceof String text && text.startsWith("!")) {
				return marked(text);
			}
			return (value instanceof Map<?, ?> map && map.containsKey("!later"))
					? CompletableFuture.supplyAsync(() -> map.get("!later")) : value;
		}

		@SuppressWarnings("FutureReturnValueIgnored")
		private static @Nullable Object marked(String text) {
			return switch (text) {
				case "!fail" -> throw new IllegalStateException("failed");
				case "!fail later" -> CompletableFuture.supplyAsync(() -> {
					throw new IllegalStateException("failed");
				});
				default -> throw new IllegalArgumentException(text);
			};
		}

		@Override
		public boolean providesTypeResolver(InterfaceWiringEnvironment environment) {
			return true;
		}

		@Override
		public TypeResolver getTypeResolver(InterfaceWiringEnvironment environment) {
			return Members::type;
		}

		@Override
		public boolean providesTypeResolver(UnionWiringEnvironment environment) {
			return true;
		}

		@Override
		public TypeResolver getTypeResolver(UnionWiringEnvironment environment) {
			return Members::type;
		}

		private static @Nullable GraphQLObjectType type(TypeResolutionEnvironment environment) {
			Map<String, ?> object = environment.getObject();
			return environment.getSchema().getObjectType(String.valueOf(object.get("__typename")));
		}

	}

}
