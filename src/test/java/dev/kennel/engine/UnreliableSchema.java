package dev.kennel.engine;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

import graphql.GraphqlErrorBuilder;
import graphql.TypeResolutionEnvironment;
import graphql.execution.DataFetcherResult;
import graphql.scalars.ExtendedScalars;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.FieldCoordinates;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.GraphQLUnionType;
import graphql.schema.TypeResolver;
import graphql.schema.idl.InterfaceWiringEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.UnionWiringEnvironment;
import graphql.schema.idl.WiringFactory;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.dataloader.Try;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A schema with all shapes of types. Its fields fail, are null, are completed by futures,
 * use data loaders, or return values of a wrong type. Path and seed determine which, so
 * that two engines fetch the same values.
 */
final class UnreliableSchema {

	private static final String FIELDS = """
			  id: ID!
			  name: String
			  text: String
			  textN: String!
			  number: Int
			  numberN: Int!
			  ratio: Float
			  flag: Boolean
			  color: Color
			  colorN: Color!
			  texts: [String]
			  textsN: [String!]
			  textsNN: [String!]!
			  grid: [[Int]]
			  colors: [[Color!]!]
			  plain: String
			  plainN: String!
			  plainId: ID
			  plainNumber: Int
			  plainFlag: Boolean!
			  plainList: [Int!]
			  plainObject: A
			  plainObjects: [B!]
			  plainAny: Any
			  a: A
			  aN: A!
			  b: B
			  any: Any
			  node: Node
			  nodeN: Node!
			  listA: [A]
			  listAN: [A!]!
			  listAny: [Any!]
			  listNode: [Node]
			  gridA: [[A!]!]
			  gridAny: [[Any]!]
			  echo(i: Int = 7, s: String, in: In, list: [Int!], e: Color = RED, n: Int! = 3): String
			  list(size: Int = 2): [Node!]
			""";

	static final String SDL = """
			interface Node { id: ID! name: String a: A listAny: [Any!] }
			union Any = A | B | C
			enum Color { RED GREEN BLUE }
			input In { i: Int = 5 s: String! c: Color in: In list: [[Int]] }
			type A implements Node {
			%1$s}
			type B implements Node {
			%1$s}
			type C {
			%1$s}
			type D implements Node { id: ID! name: String a: A listAny: [Any!] }
			type Query {
			%1$s}
			type Mutation {
			%1$s}
			""".formatted(FIELDS);

	private static final Object SEED = UnreliableSchema.class;

	/** Completes futures on other threads, or, which is faster, on the same. */
	private static volatile Executor later = Runnable::run;

	private UnreliableSchema() {
	}

	static GraphQLSchema create(String sdl) {
		RuntimeWiring.Builder wiring = RuntimeWiring.newRuntimeWiring()
			.scalar(ExtendedScalars.Date)
			.scalar(ExtendedScalars.DateTime)
			.wiringFactory(new WiringFactory() {
				@Override
				public boolean providesTypeResolver(InterfaceWiringEnvironment environment) {
					return true;
				}

				@Override
				public TypeResolver getTypeResolver(InterfaceWiringEnvironment environment) {
					return UnreliableSchema::type;
				}

				@Override
				public boolean providesTypeResolver(UnionWiringEnvironment environment) {
					return true;
				}

				@Override
				public TypeResolver getTypeResolver(UnionWiringEnvironment environment) {
					return UnreliableSchema::type;
				}
			});
		GraphQLSchema schema = new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(sdl),
				wiring.build());
		return schema.transformWithoutTypes((builder) -> builder
			.codeRegistry(schema.getCodeRegistry().transform((registry) -> addFetchers(schema, registry))));
	}

	private static @Nullable GraphQLObjectType type(TypeResolutionEnvironment environment) {
		Object object = environment.getObject();
		int chance = (object instanceof Source source) ? Math.floorMod(source.hash() / 7, 100) : 50;
		if (chance < 3) {
			return null;
		}
		if (chance < 6) {
			return environment.getSchema().getQueryType();
		}
		List<? extends GraphQLNamedType> possible = (environment.getFieldType() instanceof GraphQLInterfaceType type)
				? environment.getSchema().getImplementations(type)
				: ((GraphQLUnionType) environment.getFieldType()).getTypes()
					.stream()
					.map(GraphQLNamedType.class::cast)
					.toList();
		return (GraphQLObjectType) possible.get(chance % possible.size());
	}

	private static void addFetchers(GraphQLSchema schema, GraphQLCodeRegistry.Builder registry) {
		for (GraphQLNamedType type : schema.getAllTypesAsList()) {
			if (type instanceof GraphQLObjectType object && !object.getName().startsWith("__")) {
				for (GraphQLFieldDefinition field : object.getFieldDefinitions()) {
					if (!field.getName().startsWith("plain")) {
						DataFetcher<?> fetcher = UnreliableSchema::fetch;
						registry.dataFetcher(FieldCoordinates.coordinates(object, field), fetcher);
					}
				}
			}
		}
	}

	static DataLoaderRegistry loaders() {
		DataLoaderRegistry registry = new DataLoaderRegistry();
		registry.register("now", DataLoaderFactory
			.newMappedDataLoaderWithTry((Set<Key> keys) -> CompletableFuture.completedFuture(load(keys))));
		registry.register("later", DataLoaderFactory
			.newMappedDataLoaderWithTry((Set<Key> keys) -> CompletableFuture.supplyAsync(() -> load(keys), later)));
		return registry;
	}

	private static Map<Key, Try<Object>> load(Set<Key> keys) {
		Map<Key, Try<Object>> loaded = new HashMap<>();
		for (Key key : keys) {
			if (Math.floorMod(key.hash(), 25) == 0) {
				loaded.put(key, Try.failed(new IllegalStateException("not loaded")));
			}
			else {
				loaded.put(key, Try.succeeded(value(key.hash(), key.type(), false)));
			}
		}
		return loaded;
	}

	static void onOtherThreads(boolean other) {
		later = other ? ForkJoinPool.commonPool() : Runnable::run;
	}

	static void seed(graphql.ExecutionInput.Builder input, int seed) {
		input.graphQLContext(Map.of(SEED, seed)).root(new Row(seed));
	}

	private static @Nullable Object fetch(DataFetchingEnvironment environment) {
		int seed = Objects.requireNonNull(environment.getGraphQlContext().<Integer>get(SEED));
		int hash = mix(environment.getExecutionStepInfo().getPath().toString().hashCode() * 31 + seed
				+ Objects.hashCode(environment.<Object>getLocalContext()));
		GraphQLType type = environment.getFieldType();
		if (environment.getField().getName().equals("echo")) {
			return environment.getArguments() + " " + environment.getSelectionSet().getFields().size() + " "
					+ environment.getQueryDirectives().getImmediateAppliedDirectivesByName().keySet();
		}
		if (!GraphQLTypeUtil.isLeaf(type) && hash % 5 == 0) {
			environment.getSelectionSet().getFields().forEach((field) -> Objects.requireNonNull(field.getName()));
		}
		Key key = new Key(hash, type);
		return switch (Math.floorMod(hash, 40)) {
			case 0 -> throw new IllegalArgumentException("failed at " + environment.getExecutionStepInfo().getPath());
			case 1 -> null;
			case 2 -> CompletableFuture.failedFuture(new IllegalStateException("failed at once"));
			case 3 -> CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("failed later");
			}, later);
			case 4 -> CompletableFuture.supplyAsync(() -> value(hash, type, true), later);
			case 5 -> CompletableFuture.completedFuture(value(hash, type, true));
			case 6 -> Optional.ofNullable(value(hash, type, false));
			case 7 -> Mono.justOrEmpty(value(hash, type, true));
			case 8 -> DataFetcherResult.newResult()
				.data(value(hash, type, true))
				.localContext("local " + hash % 3)
				.error(GraphqlErrorBuilder.newError(environment).message("beside data").build())
				.build();
			case 9 -> DataFetcherResult.newResult()
				.data((hash % 2 == 0) ? value(hash, type, true) : null)
				.error(GraphqlErrorBuilder.newError().message("without a path").build())
				.build();
			case 10, 11, 12 -> loader(environment, "now").load(key);
			case 13 -> loader(environment, "later").load(key);
			case 14 -> loader(environment, "now").load(new Key(hash + 1, type))
				.thenCompose((first) -> loader(environment, "now").load(key));
			case 15 -> loader(environment, "later").load(new Key(hash + 1, type))
				.thenCompose((first) -> loader(environment, "now").load(key));
			case 16 -> loader(environment, "now").load(new Key(hash + 1, type))
				.handle((first, failure) -> first)
				.thenCompose((first) -> loader(environment, "later").load(key));
			case 17 -> CompletableFuture.supplyAsync(() -> 1, later)
				.thenCompose((first) -> loader(environment, "now").load(key));
			default -> value(hash, type, true);
		};
	}

	private static DataLoader<Key, Object> loader(DataFetchingEnvironment environment, String name) {
		return Objects.requireNonNull(environment.getDataLoader(name));
	}

	/** Returns a value of the type, or one of a wrong type. */
	static @Nullable Object value(int hash, GraphQLType declared, boolean mayBeNull) {
		int chance = Math.floorMod(mix(hash), 60);
		if (chance == 0 && mayBeNull) {
			return null;
		}
		GraphQLType type = GraphQLTypeUtil.unwrapNonNull(declared);
		if (type instanceof GraphQLList list) {
			if (chance == 1) {
				return "no list";
			}
			List<@Nullable Object> items = new ArrayList<>();
			for (int index = 0; index < Math.floorMod(hash, 4); index++) {
				Object item = value(hash + index, list.getWrappedType(), true);
				items.add((chance == 2) ? DataFetcherResult.newResult()
					.data(item)
					.localContext("item")
					.error(GraphqlErrorBuilder.newError().message("item").build())
					.build() : ((chance == 3) ? Optional.ofNullable(item) : item));
			}
			return switch (chance % 4) {
				case 0 -> items.toArray();
				case 1 -> items.stream();
				case 2 -> items.iterator();
				default -> items;
			};
		}
		if (type instanceof GraphQLEnumType) {
			return (chance == 4) ? "NONE" : List.of("RED", "GREEN", "BLUE").get(chance % 3);
		}
		if (type instanceof GraphQLScalarType scalar) {
			return scalar(scalar.getName(), hash, chance);
		}
		return switch (chance % 3) {
			case 0 -> new Bean(hash);
			case 1 -> map(hash);
			default -> new Row(hash);
		};
	}

	private static Object scalar(String type, int hash, int chance) {
		if (chance == 5) {
			return new Row(hash);
		}
		return switch (type) {
			case "DateTime" -> (chance == 6) ? (Object) "now" : OffsetDateTime
				.ofInstant(Instant.ofEpochSecond(hash, Math.floorMod(hash, 1000) * 1_000_000L), ZoneOffset.UTC);
			case "Date" -> LocalDate.ofEpochDay(Math.floorMod(hash, 20000));
			case "Int" -> (chance == 6) ? (Object) "1e3" : ((chance == 7) ? (Object) 3_000_000_000L : (Object) hash);
			case "Float" -> (chance == 8) ? (Object) Double.NaN : (Object) (hash / 1000.0);
			case "Boolean" -> hash % 2 == 0;
			default -> (chance < 20) ? (Object) hash
					: List
						.of("plain", "\"quoted\" \\ / \n\t\u0001\u007f", "Zo\u00eb \u4e16\u754c", "\ud83d\udc36",
								"lone \ud800", "\u2028", "")
						.get(chance % 7);
		};
	}

	private static int mix(int hash) {
		int mixed = hash * 0x9e3779b9;
		return mixed ^ (mixed >>> 15);
	}

	private static Map<String, @Nullable Object> map(int hash) {
		Row row = new Row(hash);
		Map<String, @Nullable Object> map = new HashMap<>();
		map.put("hash", hash);
		map.put("plain", row.plain());
		map.put("plainN", "n");
		map.put("plainNumber", hash);
		map.put("plainFlag", true);
		map.put("plainObject", row.plainObject());
		return map;
	}

	private record Key(int hash, GraphQLType type) {
	}

	/** The source of an object. */
	interface Source {

		int hash();

	}

	/** A source whose properties are mostly accessors of a record. */
	record Row(int hash) implements Source {

		public @Nullable String plain() {
			return (this.hash % 11 == 0) ? null : "plain " + this.hash;
		}

		public @Nullable String plainN() {
			if (this.hash % 13 == 0) {
				throw new IllegalStateException("no property");
			}
			return (this.hash % 17 == 0) ? null : "/";
		}

		public long plainId() {
			return this.hash;
		}

		public Optional<Integer> plainNumber() {
			return (this.hash % 5 == 0) ? Optional.empty() : Optional.of(this.hash);
		}

		public boolean plainFlag() {
			return this.hash % 2 == 0;
		}

		public int[] plainList() {
			return IntStream.range(0, Math.floorMod(this.hash, 3)).toArray();
		}

		public @Nullable Object plainObject() {
			return (this.hash % 3 == 0) ? null : new Bean(mix(this.hash));
		}

		public CompletableFuture<List<Object>> plainObjects() {
			return CompletableFuture.supplyAsync(() -> Arrays.asList(new Row(mix(this.hash)), new Bean(this.hash)),
					later);
		}

		public Object plainAny() {
			return new Row(mix(this.hash + 1));
		}

	}

	/** A source whose properties are getters of a bean. */
	public static final class Bean implements Source {

		private final int hash;

		Bean(int hash) {
			this.hash = hash;
		}

		@Override
		public int hash() {
			return this.hash;
		}

		public String getPlain() {
			return "bean " + this.hash;
		}

		public String getPlainN() {
			return "bean";
		}

		public int getPlainNumber() {
			return this.hash;
		}

		public boolean isPlainFlag() {
			return true;
		}

		public boolean getPlainFlag() {
			return false;
		}

		public String getPlainId(DataFetchingEnvironment environment) {
			return String.valueOf(environment.getExecutionStepInfo().getPath());
		}

		public List<Object> getPlainObjects() {
			return List.of(new Row(this.hash), "no object");
		}

	}

}
