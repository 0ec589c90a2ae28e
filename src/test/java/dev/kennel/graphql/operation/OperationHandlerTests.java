package dev.kennel.graphql.operation;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.engine.BreadthFirstEngine;
import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.OwnersAndDogs;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import dev.kennel.graphql.document.PreparedDocuments;
import dev.kennel.graphql.incremental.PayloadSink;
import graphql.ExecutionInput;
import graphql.GraphQL;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.parser.Parser;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;
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
		return handler(deadline, this.permits);
	}

	private static OperationHandler handler(Duration deadline, FairBulkhead permits) {
		GraphQLSchema schema = OwnersAndDogs.schema();
		GraphQL engine = GraphQL.newGraphQL(schema).preparsedDocumentProvider((input, parse) -> {
			PreparsedDocumentEntry entry = PreparedDocuments.prepare(schema,
					new PreparsedDocumentEntry(Parser.parse(input.getQuery())));
			PreparedDocuments.select(input, entry);
			return CompletableFuture.completedFuture(entry);
		}).build();
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
				List.of(last), deadline, permits, new OperationMeters(), OperationTracer.NONE);
	}

	private static WebGraphQlRequest request(String document) {
		return new WebGraphQlRequest(URI.create("/graphql"), new HttpHeaders(), null, null, Map.of(),
				Map.of("query", document), "1", Locale.ENGLISH);
	}

	private WebGraphQlResponse run() {
		return this.handler.run(request("{ myOwners(first: 1) { nodes { id } } }"));
	}

	/** Delivers an operation, and returns its last payload. */
	private static Map<String, ?> deliver(OperationHandler delivering, Runnable afterInitialResult) {
		AtomicReference<Map<String, ?>> sent = new AtomicReference<>(Map.of());
		deliver(delivering, afterInitialResult, (payload, timeout) -> {
			sent.set(payload);
			return true;
		});
		return sent.get();
	}

	private static void deliver(OperationHandler delivering, Runnable afterInitialResult,
			BiPredicate<Map<String, ? extends @Nullable Object>, Duration> client) {
		WebGraphQlRequest request = request("{ myOwners(first: 1) { nodes { id ... @defer { name } } } }");
		request.configureExecutionInput((input, builder) -> {
			IncrementalFormat.V0_2.putInto(input.getGraphQLContext());
			return input;
		});
		WebGraphQlResponse initial = delivering.run(request);
		IncrementalResult rest = Objects
			.requireNonNull(IncrementalResult.find(initial.getExecutionInput().getGraphQLContext()));
		afterInitialResult.run();
		delivering.deliver(request, initial, rest, new PayloadSink() {

			@Override
			public boolean send(Map<String, ? extends @Nullable Object> payload, boolean last, Duration timeout) {
				return client.test(payload, timeout);
			}

			@Override
			public CompletionStage<?> ended() {
				return new CompletableFuture<>();
			}

		});
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
	void payloadThatIsNotReadInTimeEndsTheDelivery() {
		List<Duration> timeouts = new ArrayList<>();

		deliver(handler(Duration.ofSeconds(20)), () -> {
		}, (payload, timeout) -> {
			timeouts.add(timeout);
			return false;
		});

		assertThat(timeouts).hasSize(1);
		assertThat(timeouts.getFirst()).isBetween(Deadline.GRACE_PERIOD,
				Duration.ofSeconds(20).plus(Deadline.GRACE_PERIOD));
		assertThat(this.permits.taken()).isZero();
	}

	@Test
	void eachPartNeedsAPermit() {
		FairBulkhead withoutQueue = new FairBulkhead(1, 1, 0);
		OperationHandler impatient = handler(Duration.ofSeconds(20), withoutQueue);

		Map<String, ?> delivered = deliver(impatient, () -> {
		});
		Map<String, ?> late = deliver(this.handler, () -> assertThat(this.permits.tryAcquire("another")).isTrue());
		Map<String, ?> refused = deliver(impatient, () -> assertThat(withoutQueue.tryAcquire("another")).isTrue());

		assertThat(delivered)
			.hasToString("{incremental=[{id=0, data={name=Ann 0}}], completed=[{id=0}], hasNext=false}");
		assertThat(late.toString())
			.startsWith("{completed=[{id=0, errors=[{message=The operation exceeded its deadline")
			.contains("code=TIMEOUT")
			.endsWith("hasNext=false}");
		assertThat(refused.toString()).startsWith("{completed=[{id=0, errors=[{message=The service is not available")
			.contains("code=UNAVAILABLE")
			.endsWith("hasNext=false}");
		assertThat(this.permits.taken() + withoutQueue.taken()).isEqualTo(2);
	}

	@Test
	@Timeout(20)
	void waitForAFutureEndsWhenTheDeadlineIsShortened() {
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
