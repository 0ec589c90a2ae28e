package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.concurrency.Watchdog;
import dev.kennel.database.BurstWarning;
import dev.kennel.database.sql.DatabaseUnavailableException;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;

/**
 * A connection of one event loop that reconnects when it is lost. Meanwhile, statements
 * wait for some seconds. A pool of Vert.x lends connections of any loop, so that results
 * would change threads.
 */
final class PipelinedConnection {

	private static final Logger logger = LoggerFactory.getLogger(PipelinedConnection.class);

	private static final BurstWarning UNRESPONSIVE = new BurstWarning(logger,
			"PostgreSQL has not responded within {}, and its connection is closed");

	private static final Duration RECONNECT_DELAY = Duration.ofMillis(200);

	private final ContextInternal context;

	private final HostConnector connector;

	private final StatementBulkhead bulkhead;

	private final ConnectionPolicy policy;

	/**
	 * How long PostgreSQL may send nothing while statements are in flight, in
	 * nanoseconds.
	 */
	private final long readTimeout;

	/**
	 * The statements that this connection was chosen for, until PostgreSQL has finished
	 * with them.
	 */
	private final AtomicInteger pending = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	/** Statements that wait for a connection. Guarded by the lock. */
	private final Deque<Queued> queue = new ArrayDeque<>();

	private boolean connecting;

	/** How often the connection was aborted. */
	private final AtomicInteger generation = new AtomicInteger();

	private volatile @Nullable Link link;

	private volatile boolean closed;

	/** Why it could not be opened the last time, or null. */
	private volatile @Nullable String connectFailure;

	private final Watchdog watchdog;

	PipelinedConnection(ContextInternal context, HostConnector connector, StatementBulkhead bulkhead,
			ConnectionPolicy policy, Duration readTimeout) {
		this.context = context;
		this.connector = connector;
		this.bulkhead = bulkhead;
		this.policy = policy;
		this.readTimeout = readTimeout.toNanos();
		this.watchdog = Watchdog.start(this::checkTimeouts);
	}

	/**
	 * Returns the permits of the connection. Each connection has its own, so that a
	 * statement that has waited is sent, and its rows are processed, on the event loop of
	 * its request.
	 */
	StatementBulkhead bulkhead() {
		return this.bulkhead;
	}

	/**
	 * Returns the number of statements that are in flight, or wait for a permit or for
	 * the connection.
	 */
	int pending() {
		return this.pending.get();
	}

	/** Counts a statement as pending. */
	void reserve() {
		this.pending.incrementAndGet();
	}

	/** Called when PostgreSQL has finished with the statement, or it is not sent. */
	void unreserve() {
		this.pending.decrementAndGet();
	}

	/** Returns whether the calling thread is its event loop. */
	boolean isOnCurrentEventLoop() {
		return this.context.inThread();
	}

	/**
	 * Connects in advance of the first statement.
	 * @return whether the connection is open already
	 */
	boolean connect() {
		this.lock.lock();
		try {
			startConnecting();
			return open() != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns why it could not be opened the last time, or null if it is open. */
	@Nullable String connectFailure() {
		return this.connectFailure;
	}

	/**
	 * Sends a statement.
	 * @param statement the statement
	 * @param ended executed once PostgreSQL has finished with the statement
	 */
	void send(PendingStatement statement, Runnable ended) {
		statement.onEnd(ended);
		Link current = open();
		if (current != null) {
			send(current, statement);
			return;
		}
		this.lock.lock();
		try {
			current = open();
			if (current == null) {
				statement.awaitConnection();
				startConnecting();
				if (!this.policy.failsWithoutConnection()) {
					this.queue.add(new Queued(statement, System.nanoTime()));
					return;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (current == null) {
			fail(statement, null);
			return;
		}
		send(current, statement);
	}

	/**
	 * Returns the connection if it is open. Its loss may not have been reported yet, and
	 * the report is missed if it coincides with the registration of the close handler.
	 */
	private @Nullable Link open() {
		Link current = this.link;
		if (current != null && !current.connection.unwrap().isValid()) {
			onLost(current);
			return null;
		}
		return current;
	}

	private static void send(Link target, PendingStatement statement) {
		if (statement.isDone()) {
			statement.ended();
			return;
		}
		statement.sent(target);
		target.begin();
		target.connection.preparedQuery(statement.sql()).execute(statement.parameters()).onComplete((rows, failure) -> {
			target.lastResponseAt = System.nanoTime();
			target.ended();
			statement.ended();
			if (failure == null) {
				statement.complete(rows);
			}
			else {
				statement.completeExceptionally(ClientExceptionTranslator.translate(failure));
			}
		});
	}

	private void startConnecting() {
		if (!this.connecting && this.link == null && !this.closed) {
			this.connecting = true;
			Thread.ofVirtual().name("database-connect").start(this::connectWhileNeeded);
		}
	}

	/** Retries until there is a connection, or until no statement waits for one. */
	private void connectWhileNeeded() {
		while (true) {
			List<Queued> ready;
			Link connected = null;
			Throwable failure = null;
			int begunIn = this.generation.get();
			try {
				connected = new Link(this.connector.connect(this.context));
			}
			// Whatever it is: without this thread, nothing reconnects.
			catch (Throwable ex) {
				failure = ex;
				this.connectFailure = reason(ex);
				logger.debug("No connection to PostgreSQL", ex);
			}
			this.lock.lock();
			try {
				if (connected != null && begunIn != this.generation.get()) {
					connected.abort();
					connected = null;
				}
				if (connected == null) {
					failOverdueStatements(failure);
					if (this.queue.isEmpty() || this.closed) {
						this.connecting = false;
						return;
					}
					ready = List.of();
				}
				else {
					ready = new ArrayList<>(this.queue);
					this.queue.clear();
					this.connecting = false;
					adopt(connected);
				}
			}
			finally {
				this.lock.unlock();
			}
			if (connected != null) {
				Link target = connected;
				ready.forEach((entry) -> send(target, entry.statement()));
				return;
			}
			try {
				Thread.sleep(RECONNECT_DELAY);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** The failures of the single hosts are suppressed in that of all. */
	private static String reason(Throwable failure) {
		Throwable[] ofHosts = failure.getSuppressed();
		Throwable cause = NestedExceptionUtils.getMostSpecificCause((ofHosts.length > 0) ? ofHosts[0] : failure);
		return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
	}

	private void adopt(Link connected) {
		PgConnectionImpl target = connected.connection;
		target.exceptionHandler((failure) -> logger.debug("A connection to PostgreSQL has failed", failure));
		target.noticeHandler((notice) -> logger.debug("Notice of PostgreSQL: {}", notice.getMessage()));
		target.closeHandler((nothing) -> onLost(connected));
		this.link = connected;
		this.connectFailure = null;
		// The connection may have been lost before the handler was set.
		open();
		if (this.closed) {
			target.close();
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void onLost(Link current) {
		this.lock.lock();
		try {
			if (this.link == current) {
				this.link = null;
				Runnable listener = this.policy.lossListener();
				if (listener != null) {
					// It may need the locks of other connections.
					Thread.startVirtualThread(listener);
				}
				// Reconnects in advance of the next statement.
				startConnecting();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkTimeouts() {
		Link current = this.link;
		if (current != null && current.isSilent(this.readTimeout)) {
			UNRESPONSIVE.log(Duration.ofNanos(this.readTimeout).toSeconds() + " s");
			current.abort();
		}
		this.lock.lock();
		try {
			failOverdueStatements(null);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failOverdueStatements(@Nullable Throwable failure) {
		long now = System.nanoTime();
		while (!this.queue.isEmpty()
				&& (this.closed || now - this.queue.getFirst().since() > this.policy.timeout().toNanos())) {
			PendingStatement overdue = this.queue.removeFirst().statement();
			// Dependent work must not be executed on the watchdog thread.
			Thread.startVirtualThread(() -> fail(overdue, failure));
		}
	}

	private static void fail(PendingStatement statement, @Nullable Throwable cause) {
		statement.ended();
		statement.completeExceptionally(new DatabaseUnavailableException("No connection to PostgreSQL", cause));
	}

	/**
	 * Replaces the connection by a new one. The old one is closed when its last statement
	 * has ended.
	 */
	void evict() {
		Link current = this.link;
		if (current != null) {
			onLost(current);
			current.evict();
		}
	}

	/**
	 * Closes the connection at once: all its statements fail, and its loss is not
	 * reported. One that is being opened is closed, too: it may lead to another server
	 * than later ones.
	 */
	void abort() {
		Link current;
		this.lock.lock();
		try {
			this.generation.incrementAndGet();
			current = this.link;
			this.link = null;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.abort();
		}
	}

	void close() {
		this.closed = true;
		this.watchdog.stop();
		checkTimeouts();
		Link current = this.link;
		if (current != null) {
			current.connection.close();
		}
	}

	/** A connection to PostgreSQL: the current one, or one that was lost. */
	final class Link {

		private final PgConnectionImpl connection;

		private volatile long lastResponseAt = System.nanoTime();

		/** When the connection last became busy. */
		private volatile long busySince = System.nanoTime();

		private final AtomicInteger inFlight = new AtomicInteger();

		private volatile boolean evicted;

		private Link(PgConnectionImpl connection) {
			this.connection = connection;
		}

		boolean hasRespondedSince(long moment) {
			return this.lastResponseAt - moment > 0;
		}

		private void evict() {
			this.evicted = true;
			closeIfUnused();
		}

		private void begin() {
			if (this.inFlight.getAndIncrement() == 0) {
				this.busySince = System.nanoTime();
			}
		}

		private void ended() {
			this.inFlight.decrementAndGet();
			closeIfUnused();
		}

		/** Returns whether statements are in flight, and PostgreSQL has sent nothing. */
		private boolean isSilent(long timeout) {
			long now = System.nanoTime();
			return this.inFlight.get() > 0 && now - this.busySince > timeout && now - this.lastResponseAt > timeout;
		}

		private void closeIfUnused() {
			if (this.evicted && this.inFlight.get() == 0) {
				this.connection.close();
			}
		}

		/** Closes the connection at once: all statements in flight fail. */
		void abort() {
			onLost(this);
			// Closed below the handler that would send Terminate first, and wait for the
			// response.
			var _ = ((SocketConnectionBase) this.connection.unwrap()).socket()
				.channelHandlerContext()
				.pipeline()
				.context(FlushConsolidationHandler.class)
				.close();
		}

	}

	private record Queued(PendingStatement statement, long since) {
	}

}
