package dev.kennel.engine;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import graphql.ExecutionInput;
import graphql.GraphQL;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.instrumentation.dataloader.DataLoaderDispatchingContextKeys;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import graphql.parser.Parser;
import graphql.scalars.ExtendedScalars;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

/** A schema of owners with five dogs each, for measuring execution without a database. */
public final class OwnersAndDogs {

	static final String DOCUMENT = """
			query ($first: Int!) { myOwners(first: $first) {
			  nodes { id name createdAt dogs(first: 5) { nodes { id name breed } pageInfo { hasNextPage endCursor } } }
			  pageInfo { hasNextPage endCursor } } }
			""";

	private static final String SDL = """
			scalar DateTime
			type Query { myOwners(first: Int!): Owners! }
			type Owners { nodes: [Owner!]! pageInfo: PageInfo! }
			type Dogs { nodes: [Dog!]! pageInfo: PageInfo! }
			type PageInfo { hasNextPage: Boolean! endCursor: String }
			type Owner { id: ID! name: String! createdAt: DateTime! dogs(first: Int): Dogs! }
			type Dog { id: ID! name: String! breed: String }
			""";

	private static final OffsetDateTime TIME = OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 0, ZoneOffset.UTC);

	private OwnersAndDogs() {
	}

	static GraphQL stock() {
		return engine(null);
	}

	static GraphQL kennel(ExecutionCounts counts) {
		return engine(counts);
	}

	private static GraphQL engine(@Nullable ExecutionCounts counts) {
		PreparsedDocumentEntry entry = new PreparsedDocumentEntry(Parser.parse(DOCUMENT));
		PreparsedDocumentProvider documents = (input, parse) -> CompletableFuture.completedFuture(entry);
		GraphQL.Builder builder = GraphQL.newGraphQL(schema()).preparsedDocumentProvider(documents);
		if (counts != null) {
			DataFetcherExceptionHandler handler = new SimpleDataFetcherExceptionHandler();
			builder.queryExecutionStrategy(LevelStrategy.ofQueries(new Planner(counts), handler));
		}
		return builder.build();
	}

	public static GraphQLSchema schema() {
		RuntimeWiring wiring = RuntimeWiring.newRuntimeWiring()
			.scalar(ExtendedScalars.DateTime)
			.type("Query",
					(type) -> type.dataFetcher("myOwners",
							(environment) -> owners(Objects.requireNonNull(environment.<Integer>getArgument("first")))))
			.type("Owner", (type) -> type.dataFetcher("dogs", (environment) -> {
				DataLoader<Integer, Page> loader = Objects.requireNonNull(environment.getDataLoader("dogs"));
				return loader.load(Objects.requireNonNull(environment.<Owner>getSource()).number());
			}))
			.build();
		return new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(SDL), wiring);
	}

	private static Page owners(int first) {
		return new Page(IntStream.range(0, first)
			.mapToObj((number) -> (Object) new Owner(number, "own_" + number, "Ann " + number, TIME))
			.toList(), new PageInfo(true, "cursor"));
	}

	private static Map<Integer, Page> dogs(Set<Integer> owners) {
		Map<Integer, Page> pages = new HashMap<>();
		for (int owner : owners) {
			pages.put(owner,
					new Page(IntStream.range(0, 5)
						.mapToObj((number) -> (Object) new Dog("dog_" + owner + number, "Rex " + number, "Collie"))
						.toList(), new PageInfo(false, "cursor")));
		}
		return pages;
	}

	static ExecutionInput input(int owners) {
		DataLoaderRegistry loaders = new DataLoaderRegistry();
		loaders.register("dogs", DataLoaderFactory
			.newMappedDataLoader((Set<Integer> keys) -> CompletableFuture.completedFuture(dogs(keys))));
		ExecutionInput input = ExecutionInput.newExecutionInput(DOCUMENT)
			.variables(Map.of("first", owners))
			.dataLoaderRegistry(loaders)
			.build();
		DataLoaderDispatchingContextKeys.setEnableDataLoaderChaining(input.getGraphQLContext(), true);
		return input;
	}

	record Page(List<Object> nodes, PageInfo pageInfo) {
	}

	record PageInfo(boolean hasNextPage, String endCursor) {
	}

	record Owner(int number, String id, String name, OffsetDateTime createdAt) {
	}

	record Dog(String id, String name, String breed) {
	}

}
