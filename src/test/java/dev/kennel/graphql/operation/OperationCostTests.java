package dev.kennel.graphql.operation;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import dev.kennel.engine.ResponseJson;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Allocations and plan lookups of an operation, from the request to the bytes of its
 * response. It is executed on one thread, so that the thread's allocations are the
 * operation's.
 */
@KennelTest
class OperationCostTests {

	private static final String NESTED = """
			query ($first: Int!, $dogs: Int!) {
			  myOwners(first: $first) { nodes { id name dogs(first: $dogs) { nodes { id name } } } }
			}""";

	private static final int OWNERS = 20;

	private static final int DOGS = 5;

	private static final int RUNS = 400;

	/** Includes the allocations of the statement recorder, which only tests have. */
	private static final long MAX_BYTES = 130_000;

	private final Api api;

	private final OperationHandler operations;

	private final ExecutionCounts counts;

	OperationCostTests(Api api, OperationHandler operations, ExecutionCounts counts) {
		this.api = api;
		this.operations = operations;
		this.counts = counts;
	}

	@Test
	void nestedListReusesItsPlanAndAllocatesWithinItsBound() {
		Api ann = this.api.signUp();
		List<Map<String, String>> dogs = IntStream.range(0, DOGS).mapToObj((i) -> Map.of("name", "Dog " + i)).toList();
		for (int owner = 0; owner < OWNERS; owner++) {
			ann.execute("mutation ($input: CreateOwnerInput!) { createOwner(input: $input) { owner { id } } }",
					Map.of("input", Map.of("name", "Owner " + owner, "dogs", dogs)));
		}
		Caller caller = new Caller(new AccountId(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id"))),
				UUID.randomUUID(), Instant.MAX);
		int length = run(caller);
		long found = this.counts.plansFound();
		long compiled = this.counts.plansCompiled();
		long bytes = allocated(() -> run(caller));

		assertThat(this.counts.plansFound() - found).isEqualTo(RUNS);
		assertThat(this.counts.plansCompiled()).isEqualTo(compiled);
		assertThat(bytes).as("bytes for an answer of %d", length).isLessThan(MAX_BYTES);
	}

	private int run(Caller caller) {
		WebGraphQlRequest request = new WebGraphQlRequest(URI.create("/graphql"), new HttpHeaders(), null, null,
				Map.of(), Map.of("query", NESTED, "variables", Map.of("first", OWNERS, "dogs", DOGS)), "1",
				Locale.ENGLISH);
		request.configureExecutionInput((input, builder) -> {
			OperationContext.of(input).setAuthentication(CallerAuthentication.of(caller));
			return input;
		});
		WebGraphQlResponse response = this.operations.run(request);
		assertThat(response.getErrors()).isEmpty();
		try (ResponseJson json = ResponseJson.of(response.toMap())) {
			return json.length();
		}
	}

	private static long allocated(Runnable operation) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		for (int run = 0; run < RUNS / 2; run++) {
			operation.run();
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int run = 0; run < RUNS / 2; run++) {
			operation.run();
		}
		return (threads.getCurrentThreadAllocatedBytes() - before) / (RUNS / 2);
	}

}
