package dev.kennel.concurrency;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the thread of an operation has of it: the deadline, and what the log says of the
 * request. An operation that goes on on another thread takes it along.
 */
public final class OperationScope {

	private final @Nullable Deadline deadline;

	private final @Nullable Map<String, String> logged;

	private OperationScope(@Nullable Deadline deadline, @Nullable Map<String, String> logged) {
		this.deadline = deadline;
		this.logged = logged;
	}

	/**
	 * Returns what this thread has.
	 * @return the scope
	 */
	public static OperationScope capture() {
		return new OperationScope(Deadline.current(), MDC.getCopyOfContextMap());
	}

	/**
	 * Does something that may block: on this thread, unless that is an event loop.
	 * @param <T> what the work returns
	 * @param work what to do
	 * @return what the work returns, now or later
	 */
	public static <T> CompletableFuture<T> supplyBlocking(Supplier<T> work) {
		return EventLoops.mayBlock() ? CompletableFuture.completedFuture(work.get()) : capture().supply(work);
	}

	/**
	 * Does something on this thread as on the one of the scope.
	 * @param work what to do
	 */
	public void run(Runnable work) {
		call(() -> {
			work.run();
			return true;
		});
	}

	private <T> T call(Supplier<T> work) {
		Map<String, String> outer = MDC.getCopyOfContextMap();
		set(this.logged);
		try {
			return (this.deadline != null) ? this.deadline.call(work) : work.get();
		}
		finally {
			set(outer);
		}
	}

	private static void set(@Nullable Map<String, String> logged) {
		if (logged != null) {
			MDC.setContextMap(logged);
		}
		else {
			MDC.clear();
		}
	}

	/**
	 * Does something that may block, on a virtual thread.
	 * @param work what to do, which fails in no way
	 */
	public void start(Runnable work) {
		Thread.ofVirtual().name("operation").start(() -> run(work));
	}

	/**
	 * Does something that may block, on a virtual thread.
	 * @param <T> what the work returns
	 * @param work what to do
	 * @return what the work returns, or what it fails with
	 */
	public <T> CompletableFuture<T> supply(Supplier<T> work) {
		return supply(work, (task) -> Thread.ofVirtual().name("operation").start(task));
	}

	/**
	 * Does something that may block, on a thread of an executor.
	 * @param <T> what the work returns
	 * @param work what to do
	 * @param executor has threads that may wait
	 * @return what the work returns, or what it fails with;
	 * {@link RejectedExecutionException} if the executor does not take it
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
