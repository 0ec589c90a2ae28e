package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.kennel.concurrency.BulkheadFullException;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.Futures;
import dev.kennel.concurrency.OperationScope;
import dev.kennel.engine.IncrementalResult;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.incremental.SubsequentPayload;
import dev.kennel.engine.loader.ExecutionThreads;
import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.graphql.incremental.PayloadSink;
import dev.kennel.graphql.operation.OperationPermits.LoopPermit;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import graphql.execution.AbortExecutionException;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.graphql.ExecutionGraphQlRequest;
import org.springframework.graphql.ExecutionGraphQlResponse;
import org.springframework.graphql.ExecutionGraphQlService;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;

/**
 * Executes the operations of all transports. Each has a deadline, at which its statements
 * are cancelled, and a permit, which bounds concurrency. The events of a subscription
 * have no deadline. A query that has met read skew, or whose replica has failed, is
 * executed again.
 */
public final class OperationHandler implements ExecutionGraphQlService {

	private static final Logger logger = LoggerFactory.getLogger(OperationHandler.class);

	/**
	 * The maximum number of executions of a query that encounters read skew each time.
	 */
	private static final int MAX_ATTEMPTS = 4;

	/** An operation keeps its deadline and its log context on every thread. */
	private static final ExecutionThreads OPERATION_THREADS = new ExecutionThreads() {

		@Override
		public boolean mayBlock() {
			return EventLoops.mayBlock();
		}

		@Override
		public Executor capture() {
			return OperationScope.capture()::run;
		}

		@Override
		public void startBlocking(Runnable work) {
			OperationScope.capture().start(work);
		}

	};

	private final OperationExecutor executor;

	private final List<OperationInterceptor> interceptors;

	private final List<OperationInterceptor> reversedInterceptors;

	private final Duration deadline;

	private final OperationPermits permits;

	private final OperationMeters meters;

	private final OperationTracer tracer;

	OperationHandler(OperationExecutor executor, List<OperationInterceptor> interceptors, Duration deadline,
			FairBulkhead dataPermits, OperationMeters meters, OperationTracer tracer) {
		this.executor = executor;
		this.interceptors = List.copyOf(interceptors);
		this.reversedInterceptors = this.interceptors.reversed();
		this.deadline = deadline;
		this.permits = new OperationPermits(dataPermits, deadline, meters);
		this.meters = meters;
		this.tracer = tracer;
	}

	/**
	 * Executes an operation on the current thread, which may block.
	 * @param request the request
	 * @return the response, with a publisher as its data if it is a subscription
	 */
	public WebGraphQlResponse run(WebGraphQlRequest request) {
		OperationSpan span = this.tracer.begin(request);
		WebGraphQlResponse response = null;
		try {
			response = span
				.call(() -> Deadline.call(this.deadline, () -> executeWithRetry(request, span, 1, System.nanoTime())));
			return response;
		}
		finally {
			endIfWhole(span, response);
		}
	}

	private WebGraphQlResponse executeWithRetry(WebGraphQlRequest request, OperationSpan span, int firstAttempt,
			long startedAt) {
		for (int attempt = firstAttempt;; attempt++) {
			ExecutionInput input = request.toExecutionInput();
			if (attempt > 1) {
				this.meters.rerun();
				OperationContext.of(input).setRepeated();
			}
			WebGraphQlResponse response = executeOnce(request, input, startedAt);
			if (attempt == MAX_ATTEMPTS || !OperationContext.of(input).isRetryRequested()) {
				completed(span, input, response);
				return response;
			}
			logger.debug("A query has met read skew, or its replica has failed, and is executed again");
		}
	}

	private WebGraphQlResponse executeOnce(WebGraphQlRequest request, ExecutionInput input, long startedAt) {
		before(request, input, startedAt);
		ExecutionResult result;
		try {
			PreparsedDocumentEntry document = this.permits.prepare(OperationContext.of(input),
					() -> this.executor.prepare(input));
			result = executeWithPermit(input, document);
		}
		catch (RuntimeException ex) {
			result = errorResult(request, input, ex);
		}
		return after(request, input, result);
	}

	private ExecutionResult executeWithPermit(ExecutionInput input, PreparsedDocumentEntry document) {
		OperationContext context = OperationContext.of(input);
		Supplier<ExecutionResult> execution = () -> this.executor.execute(input, document);
		return OperationExecutor.readsNoData(input, document) ? this.permits.executeWithoutData(context, execution)
				: this.permits.execute(context, execution);
	}

	private void completed(OperationSpan span, ExecutionInput input, WebGraphQlResponse response) {
		OperationContext context = OperationContext.of(input);
		context.setSpan(span);
		List<GraphQLError> errors = response.getExecutionResult().getErrors();
		if (isWhole(response)) {
			record(context, errors);
		}
		span.completed(context.operation(), errors);
	}

	private void record(OperationContext context, List<GraphQLError> errors) {
		context.span().run(() -> this.meters.completed(context, errors, System.nanoTime() - context.startedAt()));
	}

	/**
	 * Returns false if an operation is delivered incrementally: its metrics are recorded,
	 * and its span ends, with the delivery.
	 */
	private static boolean isWhole(WebGraphQlResponse response) {
		return IncrementalResult.find(response.getExecutionInput().getGraphQLContext()) == null;
	}

	private static void endIfWhole(OperationSpan span, @Nullable WebGraphQlResponse response) {
		if (response == null || isWhole(response)) {
			span.end();
		}
	}

	private void before(WebGraphQlRequest request, ExecutionInput input, long startedAt) {
		OperationContext.of(input).begin(request, startedAt);
		input.getGraphQLContext().put(ExecutionThreads.class, OPERATION_THREADS);
		for (OperationInterceptor interceptor : this.interceptors) {
			interceptor.before(request, input.getGraphQLContext());
		}
	}

	private WebGraphQlResponse after(WebGraphQlRequest request, ExecutionInput input, ExecutionResult result) {
		WebGraphQlResponse response = new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(input, result));
		OperationContext.of(input).writeCookies(response.getResponseHeaders());
		for (OperationInterceptor interceptor : this.reversedInterceptors) {
			response = interceptor.after(request, response);
		}
		return response;
	}

	/**
	 * Delivers an operation whose result is not whole, on the current thread, which may
	 * block. Deadline and span are those of the operation. A permit is held while a
	 * payload is executed, but not while the client reads it.
	 * @param request the request
	 * @param response the initial response to it
	 * @param rest what follows the initial response
	 * @param sink sends the payloads
	 */
	public void deliver(WebGraphQlRequest request, WebGraphQlResponse response, IncrementalResult rest,
			PayloadSink sink) {
		IncrementalFormat format = rest.format();
		ExecutionInput input = response.getExecutionInput();
		OperationContext context = OperationContext.of(input);
		OperationSpan span = context.span();
		List<GraphQLError> firstErrors = new ArrayList<>(response.getExecutionResult().getErrors());
		Duration remaining = this.deadline.minusNanos(System.nanoTime() - context.startedAt());
		try {
			span.call(() -> Deadline.call(remaining.isPositive() ? remaining : Duration.ZERO, () -> {
				Deadline current = Objects.requireNonNull(Deadline.current());
				sink.ended().thenRun(() -> {
					input.cancel();
					current.expire();
				});
				boolean reading = sink.send(format.initialPayload(response.toMap(), rest.pending()), false,
						sendTimeout(current));
				while (reading && rest.hasNext()) {
					SubsequentPayload payload = next(request, input, rest);
					reading = sink.send(format.subsequentPayload(payload, (errors) -> {
						List<GraphQLError> converted = GraphQlJavaErrorInterceptor.convert(errors, request);
						span.failed(converted);
						if (firstErrors.isEmpty()) {
							firstErrors.addAll(converted);
						}
						return converted;
					}), !payload.hasNext(), sendTimeout(current));
				}
				return true;
			}));
		}
		finally {
			record(context, firstErrors);
			span.end();
		}
	}

	private SubsequentPayload next(WebGraphQlRequest request, ExecutionInput input, IncrementalResult rest) {
		OperationContext context = OperationContext.of(input);
		try {
			return this.permits.execute(context, () -> OperationExecutor.join(rest.next(), input));
		}
		// The response has begun: no other place can respond with an error.
		catch (RuntimeException | Error ex) {
			Throwable failure = (ex instanceof AbortExecutionException) ? new DeadlineExceededException() : ex;
			ApiError refusal = refusal(request, context, failure);
			return rest.fail((refusal != null) ? refusal : ApiErrorFactory.ofRequest(failure, request.getId()));
		}
	}

	/** The last payload, with errors, may be sent after the deadline. */
	private static Duration sendTimeout(Deadline deadline) {
		return deadline.remaining().plus(Deadline.GRACE_PERIOD);
	}

	private static ExecutionResult errorResult(WebGraphQlRequest request, ExecutionInput input,
			RuntimeException failure) {
		ApiError error = refusal(request, OperationContext.of(input), failure);
		if (error == null) {
			throw failure;
		}
		return ExecutionResult.newExecutionResult().errors(List.of(error)).build();
	}

	/**
	 * Returns the error of an operation that a permit or the deadline has ended, or null.
	 * An operation that got no permit until its deadline was not executed: it is
	 * UNAVAILABLE, which clients retry.
	 */
	private static @Nullable ApiError refusal(WebGraphQlRequest request, OperationContext context, Throwable failure) {
		return switch (failure) {
			case DeadlineExceededException ex when context.isAdmitted() ->
				ApiErrorFactory.ofRequest(ex, request.getId());
			// No permit until the deadline, or the service is shutting down.
			case DeadlineExceededException _, BulkheadFullException _ -> ApiErrorFactory.ofUnavailable();
			default -> null;
		};
	}

	/**
	 * Executes an operation that an event loop has received: a short query on the loop
	 * itself, where its rows arrive, everything else on a thread of the executor.
	 * @param request the request
	 * @param executor has threads that may block
	 * @return a future of the response
	 */
	public CompletableFuture<WebGraphQlResponse> start(WebGraphQlRequest request, Executor executor) {
		long startedAt = System.nanoTime();
		ExecutionInput input = request.toExecutionInput();
		before(request, input, startedAt);
		OperationContext context = OperationContext.of(input);
		LoopPermit permit = this.permits.onLoop(context);
		OperationSpan span = this.tracer.begin(request);
		Deadline operationDeadline = Deadline.begin(this.deadline);
		CompletableFuture<ExecutionResult> running = span
			.call(() -> operationDeadline.call(() -> begin(input, permit, executor)));
		operationDeadline.onTimeout(() -> {
			// On a worker thread, OperationExecutor.join ends the operation.
			if (permit.isOnLoop() && !running.isDone()) {
				Thread.startVirtualThread(() -> {
					input.cancel();
					running.completeExceptionally(new DeadlineExceededException());
				});
			}
		});
		return running.handle((result, failure) -> {
			permit.leaveLoop();
			return after(request, input,
					(failure == null) ? result : errorResult(request, input, Futures.failure(failure)));
		}).thenCompose((response) -> {
			if (!context.isRetryRequested()) {
				completed(span, input, response);
				return CompletableFuture.completedFuture(response);
			}
			// The deadline is that of the operation, not of the attempt.
			OperationScope scope = span.call(() -> operationDeadline.call(OperationScope::capture));
			return scope.supply(() -> executeWithRetry(request, span, 2, startedAt), executor);
		}).whenComplete((response, failure) -> {
			operationDeadline.close();
			endIfWhole(span, response);
		});
	}

	/**
	 * Executes an operation as {@link #start} does, within limits and deadline, so that
	 * Spring has no service without them. The request is signed out unless its attributes
	 * have a {@link dev.kennel.identity.CallerAuthentication}.
	 * @param request a {@link WebGraphQlRequest}, which has a client; any other is an
	 * {@link IllegalArgumentException}
	 */
	@Override
	public Mono<ExecutionGraphQlResponse> execute(ExecutionGraphQlRequest request) {
		return (request instanceof WebGraphQlRequest web)
				? Mono.fromFuture(() -> start(web, Thread::startVirtualThread))
				: Mono.error(new IllegalArgumentException("An operation needs a client: send a WebGraphQlRequest"));
	}

	private CompletableFuture<ExecutionResult> begin(ExecutionInput input, LoopPermit permit, Executor executor) {
		try {
			return this.executor.start(input, permit::tryAcquire, (document) -> {
				permit.leaveLoop();
				OperationContext.of(input).setAdmitted(false);
				return OperationScope.capture().supply(() -> executeWithPermit(input, document.get()), executor);
			});
		}
		// Any failure has to complete the future, which closes the deadline.
		catch (RuntimeException | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
