package dev.kennel.graphql.operation;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.FallbackReason;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.dataloader.DataLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Import;
import org.springframework.graphql.data.method.annotation.BatchMapping;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Controllers that wait for something other than the database, and that use Spring
 * GraphQL's data loaders. There is one permit, so that the next operation fails if a
 * permit is not released.
 */
@KennelTest
@Import(WaitingOperationTests.Visits.class)
@TestPropertySource(properties = { "spring.graphql.schema.additional-files=file:src/test/resources/waiting/*.graphqls",
		"kennel.graphql.limits.deadline=1s", "kennel.graphql.limits.max-concurrent=1" })
class WaitingOperationTests {

	/** An introspection field makes graphql-java execute the operation. */
	private static final String BY_GRAPHQL_JAVA = " __schema { queryType { name } }";

	private final Api api;

	private final Visits visits;

	private final ExecutionCounts counts;

	WaitingOperationTests(Api api, Visits visits, ExecutionCounts counts) {
		this.api = api;
		this.visits = visits;
		this.counts = counts;
	}

	@BeforeEach
	void reset() {
		this.visits.reset();
	}

	private void assertTimeout(Api.Response response) {
		assertThat(response.codes()).containsExactly("TIMEOUT");
		assertThat(response.json().has("data")).isFalse();
		// The permit has been released.
		assertThat(this.api.execute("{ __typename }").data().toString()).isEqualTo("{\"__typename\":\"Query\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ stuck { number } }", "mutation { stick { number } }", "{ visits { nobody } }",
			"{ stuckLoader { number } }", "{ stuck { number }" + BY_GRAPHQL_JAVA + " }",
			"{ visits { nobody }" + BY_GRAPHQL_JAVA + " }" })
	void operationThatNeverCompletesTimesOut(String document) {
		assertTimeout(this.api.execute(document));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ broken { number } }", "{ broken { number }" + BY_GRAPHQL_JAVA + " }" })
	void errorOfTheJvmIsAnInternalError(String document) {
		// The first request prepares the document off the event loop.
		for (int request = 0; request < 2; request++) {
			Api.Response response = this.api.execute(document);

			assertThat(response.codes()).containsExactly("INTERNAL_SERVER_ERROR");
			assertThat(response.body()).doesNotContain("inside");
		}
	}

	@Test
	void deferredFieldThatNeverCompletesTimesOut() {
		Api.Response response = this.api.execute(
				"{ visits { number ... @defer { nobody } } names: visits @stream { host } }", Map.of(),
				Map.of("Accept", "multipart/mixed;incrementalSpec=v0.2"));

		assertThat(response.body()).contains("{\"number\":3}")
			.contains("{\"id\":\"2\",\"errors\":[{\"message\":")
			.contains("{\"id\":\"3\",\"errors\":[{\"message\":")
			.contains("\"code\":\"TIMEOUT\"")
			.endsWith("\"hasNext\":false}\r\n-----\r\n");
		assertThat(this.api.execute("{ visits { number } }").data().at("/visits/0/number").intValue()).isOne();
	}

	@Test
	void operationOnAWebSocketTimesOut() {
		try (LiveClient client = LiveClient.webSocket(this.api.signUp(), "{ stuck { number } }", Map.of())) {
			assertThat(client.next().json().toString()).contains("\"code\":\"TIMEOUT\"");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ late { number } }", "{ late { number }" + BY_GRAPHQL_JAVA + " }" })
	void valueAfterTheDeadlineIsNotProcessed(String document) {
		assertTimeout(this.api.execute(document));

		this.visits.late.complete(new Visit(7));

		assertThat(this.visits.resolvedNumbers).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ late { number } }", "{ late { number }" + BY_GRAPHQL_JAVA + " }" })
	void valueBeforeTheDeadlineIsReturned(String document) {
		this.visits.late.complete(new Visit(7));

		assertThat(this.api.execute(document).data().get("late").toString()).isEqualTo("{\"number\":7}");
		assertThat(this.visits.resolvedNumbers).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", BY_GRAPHQL_JAVA })
	void batchMappingsAndLoadersAreCalledOncePerLevel(String more) {
		long byGraphqlJava = this.counts.fallbacks(FallbackReason.INTROSPECTION);

		Api.Response response = this.api.execute("{ visits { guest host }" + more + " }");

		assertThat(response.data().get("visits").toString())
			.isEqualTo("[{\"guest\":\"guest 1\",\"host\":\"host 1\"},{\"guest\":\"guest 2\",\"host\":\"host 2\"},"
					+ "{\"guest\":\"guest 3\",\"host\":\"host 3\"}]");
		assertThat(this.visits.loadedGuests).containsExactly(List.of(1, 2, 3));
		assertThat(this.visits.loadedHosts).containsExactly(Set.of("1", "2", "3"));
		assertThat(this.counts.fallbacks(FallbackReason.INTROSPECTION) > byGraphqlJava).isEqualTo(!more.isEmpty());
	}

	record Visit(int id) {
	}

	record Host(String name) {
	}

	@Controller
	static class Visits {

		private final Queue<List<Integer>> loadedGuests = new ConcurrentLinkedQueue<>();

		private final Queue<Set<String>> loadedHosts = new ConcurrentLinkedQueue<>();

		private final AtomicInteger resolvedNumbers = new AtomicInteger();

		private volatile CompletableFuture<Visit> late = new CompletableFuture<>();

		Visits(BatchLoaderRegistry registry) {
			registry.forTypePair(String.class, Host.class).registerMappedBatchLoader((keys, environment) -> {
				this.loadedHosts.add(Set.copyOf(keys));
				return Mono
					.just(keys.stream().collect(Collectors.toMap((key) -> key, (key) -> new Host("host " + key))));
			});
			registry.<String, Visit>forName("stuck").registerMappedBatchLoader((keys, environment) -> Mono.never());
		}

		void reset() {
			this.loadedGuests.clear();
			this.loadedHosts.clear();
			this.resolvedNumbers.set(0);
			this.late = new CompletableFuture<>();
		}

		List<List<Integer>> loadedGuests() {
			return List.copyOf(this.loadedGuests);
		}

		void complete(Visit visit) {
			this.late.complete(visit);
		}

		@QueryMapping
		CompletableFuture<Visit> stuck() {
			return new CompletableFuture<>();
		}

		@QueryMapping
		CompletableFuture<Visit> broken() {
			throw new LinkageError("the inside");
		}

		@QueryMapping
		CompletableFuture<Visit> late() {
			return this.late;
		}

		@QueryMapping
		CompletableFuture<Visit> stuckLoader(DataLoader<String, Visit> stuck) {
			return stuck.load("1");
		}

		@QueryMapping
		List<Visit> visits() {
			return List.of(new Visit(1), new Visit(2), new Visit(3));
		}

		@MutationMapping
		CompletableFuture<Visit> stick() {
			return new CompletableFuture<>();
		}

		@SchemaMapping
		int number(Visit visit) {
			this.resolvedNumbers.incrementAndGet();
			return visit.id();
		}

		@BatchMapping
		Map<Visit, String> guest(List<Visit> visits) {
			this.loadedGuests.add(visits.stream().map(Visit::id).toList());
			return visits.stream().collect(Collectors.toMap((visit) -> visit, (visit) -> "guest " + visit.id()));
		}

		@SchemaMapping
		String bulk(Visit visit) {
			return "x".repeat(2 * 1024 * 1024);
		}

		@SchemaMapping
		CompletableFuture<String> host(Visit visit, DataLoader<String, Host> hosts) {
			return hosts.load(String.valueOf(visit.id())).thenApply(Host::name);
		}

		@BatchMapping
		Mono<Map<Visit, String>> nobody(List<Visit> visits) {
			return Mono.never();
		}

	}

}
