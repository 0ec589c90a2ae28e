package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.concurrency.Watchdog;
import dev.kennel.database.DatabaseUnavailableException;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of one event loop, which is made anew when it is lost. What is asked for
 * meanwhile waits for some seconds.
 */
final class PipelinedConnection {

	private static final Logger logger = LoggerFactory.getLogger(PipelinedConnection.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	private final ContextInternal context;

	private final HostConnector connector;

	/** How long a statement waits for a connection. */
	private final long patience;

	/** How long PostgreSQL may say nothing while it has something to answer. */
	private final long silence;

	private final AtomicInteger underWay = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	/** What waits for a connection. Only with the lock held. */
	private final Deque<Waiting> waiting = new ArrayDeque<>();

	private boolean connecting;

	private volatile @Nullable PgConnectionImpl connection;

	private volatile long answeredAt = System.nanoTime();

	/** Since when there is something to answer. */
	private volatile long busySince = System.nanoTime();

	private volatile boolean closed;

	private final Watchdog watch;

	PipelinedConnection(ContextInternal context, HostConnector connector, Duration patience, Duration silence) {
		this.context = context;
		this.connector = connector;
		this.patience = patience.toNanos();
		this.silence = silence.toNanos();
		this.watch = Watchdog.start(this::look);
	}

	/** How many statements are under way on it. */
	int underWay() {
		return this.underWay.get();
	}

	/** Whether the calling thread is that of its event loop. */
	boolean isOfThisThread() {
		return this.context.inThread();
	}

	boolean hasAnsweredSince(long moment) {
		return this.answeredAt - moment > 0;
	}

	/** Connects, so that the first statement does not have to. */
	void connect() {
		this.lock.lock();
		try {
			beginToConnect();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Sends a statement.
	 * @param statement the statement
	 * @param ended is run when PostgreSQL has nothing to do with it any more
	 */
	void send(PendingStatement statement, Runnable ended) {
		if (this.underWay.getAndIncrement() == 0) {
			this.busySince = System.nanoTime();
		}
		statement.onEnd(() -> {
			this.underWay.decrementAndGet();
			ended.run();
		});
		PgConnectionImpl known = this.connection;
		if (known != null) {
			send(known, statement);
			return;
		}
		this.lock.lock();
		try {
			known = this.connection;
			if (known == null) {
				this.waiting.add(new Waiting(statement, System.nanoTime()));
				beginToConnect();
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		send(known, statement);
	}

	private void send(PgConnectionImpl on, PendingStatement statement) {
		if (statement.isDone()) {
			statement.ended();
			return;
		}
		statement.sent(this);
		on.preparedQuery(statement.sql()).execute(statement.parameters()).onComplete((rows, failure) -> {
			this.answeredAt = System.nanoTime();
			statement.ended();
			if (failure == null) {
				statement.complete(rows);
			}
			else {
				statement.completeExceptionally(ClientExceptionTranslator.translate(failure));
			}
		});
	}

	private void beginToConnect() {
		if (!this.connecting && this.connection == null && !this.closed) {
			this.connecting = true;
			Thread.ofVirtual().name("store-connect").start(this::connectWhileWanted);
		}
	}

	/** Tries until there is a connection, or until nothing waits for one. */
	private void connectWhileWanted() {
		while (true) {
			List<Waiting> served;
			PgConnectionImpl made = null;
			Throwable failure = null;
			try {
				made = this.connector.connect(this.context);
			}
			catch (RuntimeException | InterruptedException ex) {
				failure = ex;
				logger.debug("No connection to PostgreSQL", ex);
			}
			this.lock.lock();
			try {
				if (made == null) {
					failOverdue(failure);
					if (this.waiting.isEmpty() || this.closed) {
						this.connecting = false;
						return;
					}
					served = List.of();
				}
				else {
					served = new ArrayList<>(this.waiting);
					this.waiting.clear();
					this.connecting = false;
					this.answeredAt = System.nanoTime();
					use(made);
				}
			}
			finally {
				this.lock.unlock();
			}
			if (made != null) {
				PgConnectionImpl on = made;
				served.forEach((one) -> send(on, one.statement()));
				return;
			}
			try {
				Thread.sleep(PAUSE);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void use(PgConnectionImpl made) {
		made.exceptionHandler((failure) -> logger.debug("A connection to PostgreSQL has failed", failure));
		made.noticeHandler((notice) -> logger.debug("PostgreSQL says: {}", notice.getMessage()));
		made.closeHandler((nothing) -> lost(made));
		this.connection = made;
		// It may have been lost before there was a handler.
		if (!made.unwrap().isValid()) {
			lost(made);
		}
		if (this.closed) {
			made.close();
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void lost(PgConnectionImpl known) {
		this.lock.lock();
		try {
			if (this.connection == known) {
				this.connection = null;
				// The next statement should find one.
				beginToConnect();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void look() {
		long now = System.nanoTime();
		if (this.underWay.get() > 0 && this.connection != null && now - this.busySince > this.silence
				&& now - this.answeredAt > this.silence) {
			logger.warn("PostgreSQL has not answered within {} s, and its connection is closed",
					Duration.ofNanos(this.silence).toSeconds());
			abort();
		}
		this.lock.lock();
		try {
			failOverdue(null);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failOverdue(@Nullable Throwable failure) {
		long now = System.nanoTime();
		while (!this.waiting.isEmpty() && (this.closed || now - this.waiting.getFirst().since() > this.patience)) {
			PendingStatement overdue = this.waiting.removeFirst().statement();
			// What depends on it is no work for the thread that keeps the time.
			Thread.startVirtualThread(() -> {
				overdue.ended();
				overdue.completeExceptionally(new DatabaseUnavailableException("No connection to PostgreSQL", failure));
			});
		}
	}

	/** Closes the connection, whatever it is about: all that waits for it fails. */
	void abort() {
		PgConnectionImpl known = this.connection;
		if (known != null) {
			lost(known);
			// Below what would say goodbye to PostgreSQL first, and wait for its answer.
			var _ = ((SocketConnectionBase) known.unwrap()).socket()
				.channelHandlerContext()
				.pipeline()
				.context(FlushConsolidationHandler.class)
				.close();
		}
	}

	void close() {
		this.closed = true;
		this.watch.stop();
		look();
		PgConnectionImpl known = this.connection;
		if (known != null) {
			known.close();
		}
	}

	private record Waiting(PendingStatement statement, long since) {
	}

}
