package dev.kennel.concurrency;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The thread-bound context of an operation: its deadline, its logging context (MDC) and,
 * if it is traced, its span. Work that continues on another thread restores it there.
 */
public final class OperationScope {

	private final @Nullable Deadline deadline;

	private final @Nullable Map<String, String> loggingContext;

	/** The context with the current span, or null if there is none. */
	private final @Nullable Context trace;

	private OperationScope(@Nullable Deadline deadline, @Nullable Map<String, String> loggingContext,
			@Nullable Context trace) {
		this.deadline = deadline;
		this.loggingContext = loggingContext;
		this.trace = trace;
	}

	/**
	 * Captures the context of the current thread.
	 * @return the scope
	 */
	public static OperationScope capture() {
		return new OperationScope(Deadline.current(), MDC.getCopyOfContextMap(), currentTrace());
	}

	@SuppressWarnings("ReferenceEquality")
	private static @Nullable Context currentTrace() {
		Context current = Context.current();
		return (current == Context.root()) ? null : current;
	}

	/**
	 * Executes work that may block: on the current thread, unless that is an event loop,
	 * and on a virtual thread otherwise.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result of the work
	 */
	public static <T> CompletableFuture<T> supplyBlocking(Supplier<T> work) {
		return EventLoops.mayBlock() ? CompletableFuture.completedFuture(work.get()) : capture().supply(work);
	}

	/**
	 * Executes work on the current thread within this scope.
	 * @param work the work
	 */
	public void run(Runnable work) {
		if (this.deadline != null && Deadline.current() == this.deadline) {
			// The current thread is within this scope already.
			work.run();
			return;
		}
		call(() -> {
			work.run();
			return true;
		});
	}

	private <T> T call(Supplier<T> work) {
		Map<String, String> outer = MDC.getCopyOfContextMap();
		set(this.loggingContext);
		Supplier<T> traced = (this.trace != null) ? this.trace.wrapSupplier(work) : work;
		try {
			return (this.deadline != null) ? this.deadline.call(traced) : traced.get();
		}
		finally {
			set(outer);
		}
	}

	private static void set(@Nullable Map<String, String> loggingContext) {
		if (loggingContext != null) {
			MDC.setContextMap(loggingContext);
		}
		else {
			MDC.clear();
		}
	}

	/**
	 * Executes work that may block, on a virtual thread.
	 * @param work the work, which throws nothing
	 */
	public void start(Runnable work) {
		Thread.ofVirtual().name("operation").start(() -> run(work));
	}

	/**
	 * Executes work that may block, on a virtual thread.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result or the failure of the work
	 */
	public <T> CompletableFuture<T> supply(Supplier<T> work) {
		return supply(work, (task) -> Thread.ofVirtual().name("operation").start(task));
	}

	/**
	 * Executes work that may block, on a thread of an executor.
	 * @param <T> the type of the result
	 * @param work the work
	 * @param executor the executor, whose threads may block
	 * @return the result or the failure of the work, or the
	 * {@link RejectedExecutionException} of the executor
	 */
	public <T> CompletableFuture<T> supply(Supplier<T> work, Executor executor) {
		CompletableFuture<T> result = new CompletableFuture<>();
		try {
			executor.execute(() -> {
				try {
					result.complete(call(work));
				}
				catch (Throwable ex) {
					result.completeExceptionally(ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			result.completeExceptionally(ex);
		}
		return result;
	}

}
