package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.concurrency.BulkheadFullException;
import dev.kennel.concurrency.Completion;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.OperationScope;
import dev.kennel.engine.ExecutionThreads;
import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.OperationInterceptor;
import dev.kennel.graphql.limit.Admission;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;

/**
 * Runs the operations of all transports, on the thread that asks for their answers and
 * until a deadline: their statements stop with it, and no more at once than processors
 * and store serve well. The events of a subscription come later, and have none. A query
 * that has been torn is run again.
 */
public final class OperationHandler {

	private static final Logger logger = LoggerFactory.getLogger(OperationHandler.class);

	/** How often a query is run that is torn again and again. */
	private static final int RUNS = 4;

	/** So many are under way on event loops at once: what waits for rows costs little. */
	private static final int LOOP_OPERATIONS = 256;

	/** Of an account, or of an address that is signed out. */
	private static final int LOOP_OPERATIONS_OF_EACH = 32;

	/** An operation keeps its deadline and its log context on every thread. */
	private static final ExecutionThreads OPERATION_THREADS = new ExecutionThreads() {

		@Override
		public boolean mayBlock() {
			return EventLoops.mayBlock();
		}

		@Override
		public Runnable continuation(Runnable work) {
			OperationScope scope = OperationScope.capture();
			return () -> scope.run(work);
		}

		@Override
		public void startBlocking(Runnable work) {
			OperationScope.capture().start(work);
		}

	};

	private final OperationExecutor executor;

	private final List<OperationInterceptor> interceptors;

	private final List<OperationInterceptor> backward;

	private final Duration deadline;

	private final FairBulkhead turns;

	/** Of short operations on event loops, which no thread waits for. */
	private final FairBulkhead loopPermits = new FairBulkhead(LOOP_OPERATIONS, LOOP_OPERATIONS_OF_EACH, 0);

	private final OperationMeters meters;

	OperationHandler(OperationExecutor executor, List<OperationInterceptor> interceptors, Duration deadline,
			FairBulkhead turns, OperationMeters meters) {
		this.executor = executor;
		this.interceptors = List.copyOf(interceptors);
		this.backward = this.interceptors.reversed();
		this.deadline = deadline;
		this.turns = turns;
		this.meters = meters;
	}

	/**
	 * Runs an operation on this thread, which may wait.
	 * @param request the request
	 * @return what has become of it, with a publisher as its data if it is a subscription
	 */
	public WebGraphQlResponse run(WebGraphQlRequest request) {
		return Deadline.call(this.deadline, () -> runUntilWhole(request, 1, System.nanoTime()));
	}

	private WebGraphQlResponse runUntilWhole(WebGraphQlRequest request, int firstRun, long begin) {
		for (int run = firstRun;; run++) {
			ExecutionInput input = request.toExecutionInput();
			if (run > 1) {
				this.meters.rerun();
				Admission.markPaid(input.getGraphQLContext());
			}
			WebGraphQlResponse response = runOnce(request, input);
			if (run == RUNS || !ReadRetry.isRequested(input.getGraphQLContext())) {
				completed(input, response, begin);
				return response;
			}
			logger.debug("A query has been torn and is run again");
		}
	}

	private WebGraphQlResponse runOnce(WebGraphQlRequest request, ExecutionInput input) {
		before(request, input);
		ExecutionResult result;
		try {
			result = await(input, () -> this.executor.execute(input));
		}
		catch (RuntimeException ex) {
			result = resultOf(request, ex);
		}
		return after(request, input, result);
	}

	private ExecutionResult await(ExecutionInput input, Supplier<ExecutionResult> work) {
		long queued = System.nanoTime();
		return this.turns.call(CallerContext.permitKey(input.getGraphQLContext()), this.deadline, () -> {
			this.meters.admitted(System.nanoTime() - queued);
			return work.get();
		});
	}

	private void completed(ExecutionInput input, WebGraphQlResponse response, long begin) {
		this.meters.completed(input.getGraphQLContext(), response.getExecutionResult().getErrors(),
				System.nanoTime() - begin);
	}

	private void before(WebGraphQlRequest request, ExecutionInput input) {
		input.getGraphQLContext().put(ExecutionThreads.class, OPERATION_THREADS);
		for (OperationInterceptor interceptor : this.interceptors) {
			interceptor.before(request, input.getGraphQLContext());
		}
	}

	private WebGraphQlResponse after(WebGraphQlRequest request, ExecutionInput input, ExecutionResult result) {
		WebGraphQlResponse response = new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(input, result));
		for (OperationInterceptor interceptor : this.backward) {
			response = interceptor.after(request, response);
		}
		return response;
	}

	private static ExecutionResult resultOf(WebGraphQlRequest request, RuntimeException failure) {
		return switch (failure) {
			case DeadlineExceededException ex -> ExecutionResult.newExecutionResult().errors(List.of(ApiErrorFactory.ofRequest(ex, request.getId()))).build();
			// The service is being stopped.
			case BulkheadFullException ex -> ExecutionResult.newExecutionResult().errors(List.of(ApiError.ofRequest(ErrorCode.UNAVAILABLE,
					"The service can't answer for the moment. Try again shortly."))).build();
			default -> throw failure;
		};
	}

	/**
	 * Runs an operation that an event loop has received: a short query on the loop
	 * itself, where its rows arrive, everything else on a virtual thread.
	 * @param request the request
	 * @param executor has threads that may wait
	 * @return what becomes of it
	 */
	public CompletableFuture<WebGraphQlResponse> start(WebGraphQlRequest request, Executor executor) {
		long begin = System.nanoTime();
		ExecutionInput input = request.toExecutionInput();
		before(request, input);
		LoopPermit permit = new LoopPermit(this.loopPermits, CallerContext.permitKey(input.getGraphQLContext()));
		Deadline until = Deadline.begin(this.deadline);
		CompletableFuture<ExecutionResult> running = until.call(() -> begin(input, permit, executor));
		until.onTimeout(() -> {
			// Elsewhere, the thread that waits sees to it.
			if (permit.onLoop && !running.isDone()) {
				Thread.startVirtualThread(() -> {
					input.cancel();
					running.completeExceptionally(new DeadlineExceededException());
				});
			}
		});
		return running.handle((result, failure) -> {
			permit.leaveLoop();
			until.close();
			return after(request, input, (failure == null) ? result : resultOf(request, Completion.failure(failure)));
		}).thenCompose((response) -> {
			if (!ReadRetry.isRequested(input.getGraphQLContext())) {
				completed(input, response, begin);
				return CompletableFuture.completedFuture(response);
			}
			return OperationScope.capture()
				.supply(() -> Deadline.call(this.deadline, () -> runUntilWhole(request, 2, begin)), executor);
		});
	}

	private CompletableFuture<ExecutionResult> begin(ExecutionInput input, LoopPermit permit, Executor executor) {
		try {
			return this.executor.start(input, () -> tryAcquire(permit), (rest) -> {
				permit.leaveLoop();
				return OperationScope.capture().supply(() -> await(input, rest), executor);
			});
		}
		// Whatever it is, the deadline has to be closed.
		catch (RuntimeException | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private boolean tryAcquire(LoopPermit permit) {
		boolean acquired = permit.tryAcquire();
		if (acquired) {
			this.meters.admitted(0);
		}
		return acquired;
	}

	/**
	 * The permit of an operation on an event loop, if it needs one and as long as it is
	 * there.
	 */
	private static final class LoopPermit {

		private final FairBulkhead permits;

		private final Object key;

		private final AtomicBoolean acquired = new AtomicBoolean();

		private volatile boolean onLoop = true;

		LoopPermit(FairBulkhead permits, Object key) {
			this.permits = permits;
			this.key = key;
		}

		boolean tryAcquire() {
			boolean taken = this.permits.tryAcquire(this.key);
			this.acquired.set(taken);
			return taken;
		}

		void leaveLoop() {
			this.onLoop = false;
			if (this.acquired.getAndSet(false)) {
				this.permits.release(this.key);
			}
		}

	}

}
