package dev.kennel.database.sql;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.Watchdog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Group commit: writes concurrent requests in one statement, which is one commit for all,
 * since most of the cost of a short write does not depend on the number of rows: eight
 * rows together cost PostgreSQL a third of what eight statements do. While no statement
 * is in flight, no request waits. Otherwise requests queue, and the thread of one of them
 * writes the batch once the statement has ended. A further statement is sent beside it
 * only if the queue is long, or a request has waited for {@link #MAX_WAIT}: in small
 * batches, each row costs more (bench/README.md).
 *
 * <p>
 * A request that fails does not fail others. A request that was not written in its batch,
 * for whatever reason, is written alone. After a database has refused the statement of a
 * batch as unsupported (Citus, if the rows are on several shards), all requests are
 * written alone, and concurrently.
 *
 * @param <Q> the type of a request
 * @param <A> the type of a result
 */
public final class GroupCommit<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommit.class);

	/**
	 * The length of the queue from which a batch is sent beside others. Requests whose
	 * key is active count, too, though they can't be in it.
	 */
	static final int CONCURRENT_QUEUE_LENGTH = 16;

	/**
	 * After this time in the queue, a request no longer waits for the batches in flight,
	 * whose connections may be unresponsive, if a further batch may start. Checked every
	 * 50 ms.
	 */
	static final Duration MAX_WAIT = Duration.ofMillis(50);

	private final Function<Q, Object> key;

	private final int maxSize;

	private final Function<List<Q>, Map<Q, A>> batchWriter;

	private final LongSupplier nanoTime;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * In the order of arrival. Two invariants keep a request from waiting without end:
	 * the thread of each request in the queue waits for its outcome, or is about to; and
	 * whenever the lock is released, no batch may start, a batch is awaited, or all keys
	 * in the queue are active. In each of these cases, a write is in flight, and its end
	 * looks for the next batch.
	 */
	private final Deque<Entry<Q, A>> queue = new ArrayDeque<>();

	/** The keys with a write in flight. */
	private final Set<Object> activeKeys = new HashSet<>();

	/** How many batches may start. */
	private int freeBatches;

	/**
	 * The batches in flight that hold back a short queue, by their first requests: all of
	 * them, until a request has waited for {@link #MAX_WAIT}.
	 */
	private final Set<Entry<Q, A>> awaitedBatches = new HashSet<>();

	/** Whether a single write is in flight. */
	private boolean singleWrite;

	/**
	 * Whether the database has refused a batch because it does not support such
	 * statements.
	 */
	private volatile boolean unsupported;

	/**
	 * Creates a group commit.
	 * @param maxBatches the maximum number of batches in flight
	 * @param maxSize the maximum number of requests in a batch
	 * @param key returns the key of a request, such as its account: a batch has at most
	 * one request of each
	 * @param batchWriter writes a batch in one statement that commits by itself and never
	 * waits for locks; returns the results by request, without the requests that were not
	 * written
	 */
	public GroupCommit(int maxBatches, int maxSize, Function<Q, Object> key, Function<List<Q>, Map<Q, A>> batchWriter) {
		this(maxBatches, maxSize, key, batchWriter, System::nanoTime);
	}

	GroupCommit(int maxBatches, int maxSize, Function<Q, Object> key, Function<List<Q>, Map<Q, A>> batchWriter,
			LongSupplier nanoTime) {
		this.freeBatches = maxBatches;
		this.maxSize = maxSize;
		this.key = key;
		this.batchWriter = batchWriter;
		this.nanoTime = nanoTime;
	}

	/**
	 * Writes a request, in a batch or alone.
	 * @param request the request, equal to no other
	 * @param alone writes the request alone; it may wait for locks, and is called on this
	 * thread
	 * @param release releases what this thread has taken to write a batch, before it
	 * waits for anything else
	 * @return the result
	 * @throws DatabaseUnavailableException if the deadline of the thread passes before
	 * the write has started
	 */
	A write(Q request, Supplier<A> alone, Runnable release) {
		if (this.unsupported) {
			return alone.get();
		}
		Entry<Q, A> entry = new Entry<>(request, this.key.apply(request), release, this.nanoTime.getAsLong());
		List<Entry<Q, A>> batch;
		this.lock.lock();
		try {
			if (!this.singleWrite && this.activeKeys.isEmpty()) {
				// A single write may wait for locks, so no batch waits for it.
				this.singleWrite = true;
				this.activeKeys.add(entry.key);
				batch = List.of();
			}
			else {
				this.queue.add(entry);
				batch = nextBatch();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (batch != null && batch.isEmpty()) {
			return writeAlone(entry, alone);
		}
		if (batch != null && batch.getLast() == entry) {
			return leadBatch(batch, entry, alone);
		}
		// A batch without this request, whose key is in it or in flight, is not for this
		// thread: it would return while its request is in the queue, and the next batch
		// would be handed to a thread that is gone.
		handOver(batch);
		return awaitBatch(entry, alone);
	}

	/** Returns the number of requests in the queue. */
	int queued() {
		this.lock.lock();
		try {
			return this.queue.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private A writeAlone(Entry<Q, A> entry, Supplier<A> alone) {
		try {
			return alone.get();
		}
		finally {
			finish(() -> {
				this.singleWrite = false;
				this.activeKeys.remove(entry.key);
			});
		}
	}

	private A leadBatch(List<Entry<Q, A>> batch, Entry<Q, A> leader, Supplier<A> alone) {
		A result = writeBatch(batch, leader);
		return (result != null) ? result : alone.get();
	}

	/** Returns the result of the leader's request, or null if it was not written. */
	private @Nullable A writeBatch(List<Entry<Q, A>> batch, Entry<Q, A> leader) {
		Map<Q, A> written = Map.of();
		Throwable failure = null;
		try {
			if (!this.unsupported) {
				written = this.batchWriter.apply(batch.stream().map((entry) -> entry.request).toList());
			}
		}
		catch (DeadlineExceededException ex) {
			logger.debug("The deadline of the leader of a group commit for {} has passed", batch.size());
		}
		catch (RuntimeException | Error ex) {
			if (!SqlFailureClassifier.isRefused(ex)) {
				// Without a connection, nothing was sent: only the leader has waited in
				// vain,
				// and the others are written alone. Otherwise, the outcome is unknown.
				failure = (ex instanceof CannotGetJdbcConnectionException) ? null : ex;
				throw ex;
			}
			if (SqlFailureClassifier.isUnsupported(ex) && !this.unsupported) {
				this.unsupported = true;
				logger.info("The database does not support writes of several accounts in one statement: "
						+ "each is written alone");
			}
			logger.debug("A group of {} was refused, and each is written alone", batch.size(), ex);
		}
		finally {
			try {
				leader.release.run();
			}
			finally {
				// Whatever has failed: other threads wait for this.
				finish(() -> {
					this.freeBatches++;
					this.awaitedBatches.remove(batch.getFirst());
					batch.forEach((entry) -> this.activeKeys.remove(entry.key));
				});
				for (Entry<Q, A> entry : batch) {
					if (entry != leader) {
						entry.settle(written.get(entry.request), failure);
					}
				}
			}
		}
		return written.get(leader.request);
	}

	private A awaitBatch(Entry<Q, A> entry, Supplier<A> alone) {
		// A waiting thread must not hold a permit, and a leader must not wait for one.
		A result = FairBulkhead.<@Nullable A>withoutPermit(() -> switch (await(entry)) {
			case Outcome.Lead<Q, A> leading -> writeBatch(leading.batch(), entry);
			case Outcome.Written<Q, A> written -> written.result();
			case Outcome.Alone<Q, A> none -> null;
		});
		return (result != null) ? result : alone.get();
	}

	private Outcome<Q, A> await(Entry<Q, A> entry) {
		Deadline deadline = Deadline.current();
		Watchdog watchdog = Watchdog.start(() -> check(entry, deadline));
		try {
			return entry.outcome.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (dequeue(entry)) {
				throw new IllegalStateException("Interrupted before a write", ex);
			}
			return entry.outcome.join();
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case RuntimeException failure -> throw failure;
				case Error failure -> throw failure;
				case null, default -> throw new IllegalStateException(ex);
			}
		}
		finally {
			watchdog.stop();
		}
	}

	/** Checks a request that waits, in the queue or in a batch. */
	private void check(Entry<Q, A> entry, @Nullable Deadline deadline) {
		if (deadline != null && deadline.remaining().isZero()) {
			expire(entry);
		}
		else if (this.nanoTime.getAsLong() - entry.queuedAt >= MAX_WAIT.toNanos()) {
			stopAwaitingBatches(entry);
		}
	}

	/** A request in a batch has the deadline of the batch's leader. */
	private void expire(Entry<Q, A> entry) {
		if (dequeue(entry)) {
			entry.outcome
				.completeExceptionally(new DatabaseUnavailableException("The deadline passed before the write", null));
		}
	}

	/**
	 * Stops awaiting the batches in flight, unless the request waits for a write of its
	 * own key, which a locked row may delay.
	 */
	private void stopAwaitingBatches(Entry<Q, A> entry) {
		List<Entry<Q, A>> next = null;
		this.lock.lock();
		try {
			// An entry that has just been written waits no more.
			if (this.queue.contains(entry) && !this.activeKeys.contains(entry.key)) {
				this.awaitedBatches.clear();
				next = nextBatch();
			}
		}
		finally {
			this.lock.unlock();
		}
		handOver(next);
	}

	/** Removes a request from the queue; returns whether it was still there. */
	private boolean dequeue(Entry<Q, A> entry) {
		this.lock.lock();
		try {
			return this.queue.remove(entry);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void finish(Runnable change) {
		List<Entry<Q, A>> next;
		this.lock.lock();
		try {
			change.run();
			next = nextBatch();
		}
		finally {
			this.lock.unlock();
		}
		handOver(next);
	}

	/** Lets the thread of the first request write a batch, if there is one. */
	private void handOver(@Nullable List<Entry<Q, A>> batch) {
		if (batch != null) {
			batch.getFirst().outcome.complete(new Outcome.Lead<>(batch));
		}
	}

	/**
	 * Returns the next batch: the first request of each key without a write in flight;
	 * null if there is none, or if no batch may start.
	 */
	private @Nullable List<Entry<Q, A>> nextBatch() {
		if (this.freeBatches == 0 || (!this.awaitedBatches.isEmpty() && this.queue.size() < CONCURRENT_QUEUE_LENGTH)) {
			return null;
		}
		List<Entry<Q, A>> batch = new ArrayList<>();
		Iterator<Entry<Q, A>> entries = this.queue.iterator();
		while (entries.hasNext() && batch.size() < this.maxSize) {
			Entry<Q, A> entry = entries.next();
			if (this.activeKeys.add(entry.key)) {
				entries.remove();
				batch.add(entry);
			}
		}
		if (batch.isEmpty()) {
			return null;
		}
		this.freeBatches--;
		this.awaitedBatches.add(batch.getFirst());
		return batch;
	}

	/** A request and its outcome. */
	private static final class Entry<Q, A> {

		private final Q request;

		private final Object key;

		private final Runnable release;

		private final long queuedAt;

		private final CompletableFuture<Outcome<Q, A>> outcome = new CompletableFuture<>();

		Entry(Q request, Object key, Runnable release, long queuedAt) {
			this.request = request;
			this.key = key;
			this.release = release;
			this.queuedAt = queuedAt;
		}

		void settle(@Nullable A result, @Nullable Throwable failure) {
			if (failure != null) {
				this.outcome.completeExceptionally(failure);
			}
			else {
				this.outcome.complete((result != null) ? new Outcome.Written<>(result) : new Outcome.Alone<>());
			}
		}

	}

	/** The outcome of waiting in the queue. */
	private sealed interface Outcome<Q, A> {

		/** The thread writes the batch, of which its request is the first. */
		record Lead<Q, A>(List<Entry<Q, A>> batch) implements Outcome<Q, A> {
		}

		/** The request is written. */
		record Written<Q, A>(A result) implements Outcome<Q, A> {
		}

		/** The request is not written, and has to be written alone. */
		record Alone<Q, A>() implements Outcome<Q, A> {
		}

	}

}
