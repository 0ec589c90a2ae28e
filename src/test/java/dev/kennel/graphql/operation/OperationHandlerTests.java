package dev.kennel.graphql.operation;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.engine.ExecutionCounts;
import dev.kennel.engine.OwnersAndDogs;
import dev.kennel.engine.Planner;
import graphql.ExecutionInput;
import graphql.GraphQL;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OperationHandlerTests {

	private final FairBulkhead permits = new FairBulkhead(1, 1, 64);

	private final OperationHandler handler = handler(Duration.ofMillis(100));

	private OperationHandler handler(Duration deadline) {
		GraphQL engine = GraphQL.newGraphQL(OwnersAndDogs.schema())
			.preparsedDocumentProvider((input, parse) -> CompletableFuture
				.completedFuture(new PreparsedDocumentEntry(Parser.parse(input.getQuery()))))
			.build();
		OperationInterceptor last = new OperationInterceptor() {

			@Override
			public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
				response.getResponseHeaders().set("Seen", "yes");
				return response;
			}

		};
		return new OperationHandler(
				new OperationExecutor(engine.getPreparsedDocumentProvider(),
						new BreadthFirstEngine(engine, new Planner(new ExecutionCounts()),
								new SimpleDataFetcherExceptionHandler(), List.of())),
				List.of(last), deadline, this.permits, new OperationMeters(), OperationTracer.NONE);
	}

	private WebGraphQlResponse run() {
		return this.handler.run(new WebGraphQlRequest(URI.create("/graphql"), new HttpHeaders(), null, null, Map.of(),
				Map.of("query", "{ myOwners(first: 1) { nodes { id } } }"), "1", Locale.ENGLISH));
	}

	@Test
	void operationWithoutAPermitBeforeItsDeadlineIsUnavailable() throws Exception {
		CountDownLatch working = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		Thread other = Thread.ofPlatform()
			.start(() -> this.permits.call("another", Duration.ofSeconds(20), () -> await(working, done)));
		working.await();

		WebGraphQlResponse response = run();

		assertThat(response.getExecutionResult().isDataPresent()).isFalse();
		assertThat(response.getErrors()).singleElement()
			.satisfies((error) -> assertThat(error.getExtensions()).containsEntry("code", "UNAVAILABLE"));
		assertThat(response.getResponseHeaders().getFirst("Seen")).isEqualTo("yes");
		done.countDown();
		other.join();
		assertThat(run().toMap()).hasToString("{data={myOwners={nodes=[{id=own_0}]}}}");
	}

	@Test
	@Timeout(20)
	void waitForAFutureEndsWhenTheDeadlineIsBroughtForward() {
		CompletableFuture<String> never = new CompletableFuture<>() {

			@Override
			public String get(long time, TimeUnit unit)
					throws InterruptedException, ExecutionException, TimeoutException {
				Objects.requireNonNull(Deadline.current()).expire();
				return super.get(time, unit);
			}

		};
		ExecutionInput input = ExecutionInput.newExecutionInput("{ a }").build();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ofDays(1), () -> OperationExecutor.join(never, input)));

		assertThat(input.isCancelled()).isTrue();
	}

	private static boolean await(CountDownLatch working, CountDownLatch done) {
		working.countDown();
		try {
			done.await();
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
