package dev.kennel.graphql.operation;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class DataLoaderChainingInterceptorTests {

	/**
	 * Without the interceptor's setting, the second load is never dispatched, and the
	 * operation never completes.
	 */
	@Test
	void fieldMayLoadWithAKeyFromAnotherLoad() throws Exception {
		WebGraphQlRequest request = new WebGraphQlRequest(URI.create("/graphql"), new HttpHeaders(), null, null,
				Map.of(), Map.of("query", "{ chained }"), "1", Locale.ENGLISH);
		ExecutionInput input = request.toExecutionInput();
		new DataLoaderChainingInterceptor().before(request, input.getGraphQLContext());
		DataLoader<String, String> loader = DataLoaderFactory
			.newDataLoader((keys) -> CompletableFuture.completedFuture(keys.stream().map((key) -> key + "!").toList()));
		ExecutionResult result = GraphQL.newGraphQL(new SchemaGenerator().makeExecutableSchema(
				new SchemaParser().parse("type Query { chained: String }"),
				RuntimeWiring.newRuntimeWiring().type("Query", (type) -> type.dataFetcher("chained", (environment) -> {
					DataLoader<String, String> first = environment.getDataLoader("loader");
					return Objects.requireNonNull(first)
						.load("a")
						.thenCompose((a) -> Objects.requireNonNull(first).load(a + "b"));
				})).build()))
			.build()
			.executeAsync(input.transform((builder) -> builder
				.dataLoaderRegistry(DataLoaderRegistry.newRegistry().register("loader", loader).build())))
			.get(10, TimeUnit.SECONDS);

		assertThat(result.toSpecification()).isEqualTo(Map.of("data", Map.of("chained", "a!b!")));
	}

}
