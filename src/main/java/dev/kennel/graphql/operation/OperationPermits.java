package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.kennel.concurrency.BulkheadFullException;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.FairBulkhead;

/**
 * The permits of operations, which bound how many are executed at once: those that read
 * data on a thread that may block, those that read none, and short ones on event loops.
 */
final class OperationPermits {

	/**
	 * Concurrent operations on event loops: an operation that waits for rows costs
	 * little.
	 */
	private static final int MAX_LOOP_OPERATIONS = 256;

	/** Per account, or per site of a client that is signed out. */
	private static final int MAX_LOOP_OPERATIONS_PER_KEY = 32;

	private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

	private final FairBulkhead permits;

	/**
	 * Permits of operations that read no data, such as introspection, and of preparing
	 * documents. They never queue behind operations that wait for the database.
	 */
	private final FairBulkhead permitsWithoutData = new FairBulkhead(PROCESSORS, PROCESSORS, Integer.MAX_VALUE);

	/** Permits of short operations on event loops, for which no thread waits. */
	private final FairBulkhead loopPermits = new FairBulkhead(MAX_LOOP_OPERATIONS, MAX_LOOP_OPERATIONS_PER_KEY, 0);

	private final Duration maxWait;

	private final OperationMeters meters;

	/**
	 * Creates the permits.
	 * @param permits the permits of operations that read data
	 * @param maxWait how long an operation waits for a permit, unless its deadline is
	 * earlier
	 * @param meters measures the waits
	 */
	OperationPermits(FairBulkhead permits, Duration maxWait, OperationMeters meters) {
		this.permits = permits;
		this.maxWait = maxWait;
		this.meters = meters;
	}

	/**
	 * Prepares the document of an operation: parsing and validating a large one takes a
	 * processor for a while.
	 * @throws DeadlineExceededException if the deadline passes before there is a permit
	 * @throws BulkheadFullException if there is none within the wait, or the queue is
	 * full
	 */
	<T> T prepare(OperationContext context, Supplier<T> preparation) {
		return this.permitsWithoutData.call(context.permitKey(), this.maxWait, preparation);
	}

	/**
	 * Executes an operation, or a part of it, with a permit.
	 * @throws DeadlineExceededException if the deadline passes before there is a permit
	 * @throws BulkheadFullException if there is none within the wait, or the queue is
	 * full
	 */
	<T> T execute(OperationContext context, Supplier<T> work) {
		return execute(this.permits, context, work);
	}

	/**
	 * Executes an operation that needs no database, as
	 * {@link #execute(OperationContext, Supplier)} does.
	 */
	<T> T executeWithoutData(OperationContext context, Supplier<T> work) {
		return execute(this.permitsWithoutData, context, work);
	}

	private <T> T execute(FairBulkhead bulkhead, OperationContext context, Supplier<T> work) {
		long queuedAt = System.nanoTime();
		return bulkhead.call(context.permitKey(), this.maxWait, () -> {
			Deadline current = Deadline.current();
			if (current != null) {
				// It may have waited for a thread before.
				current.require();
			}
			admitted(context, System.nanoTime() - queuedAt);
			return work.get();
		});
	}

	private void admitted(OperationContext context, long queuedNanos) {
		context.setAdmitted(true);
		this.meters.admitted(queuedNanos);
	}

	/** Returns the permit of an operation on an event loop, which is not acquired yet. */
	LoopPermit onLoop(OperationContext context) {
		return new LoopPermit(context);
	}

	/**
	 * The permit of an operation that starts on an event loop: acquired if the operation
	 * needs one. It is held until the end, also where a blocking field moves the
	 * operation to a virtual thread, or until the operation is handed to a worker thread.
	 */
	final class LoopPermit {

		private final OperationContext context;

		/** The caller may change before the permit is released. */
		private final Object key;

		private final AtomicBoolean acquired = new AtomicBoolean();

		private volatile boolean onLoop = true;

		private LoopPermit(OperationContext context) {
			this.context = context;
			this.key = context.permitKey();
		}

		/** Acquires the permit if one is free. */
		boolean tryAcquire() {
			boolean taken = OperationPermits.this.loopPermits.tryAcquire(this.key);
			this.acquired.set(taken);
			if (taken) {
				admitted(this.context, 0);
			}
			return taken;
		}

		boolean isOnLoop() {
			return this.onLoop;
		}

		/** Releases the permit if it is held. */
		void leaveLoop() {
			this.onLoop = false;
			if (this.acquired.getAndSet(false)) {
				OperationPermits.this.loopPermits.release(this.key);
			}
		}

	}

}
