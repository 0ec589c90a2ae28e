package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.Futures;
import dev.kennel.database.EvictableConnections;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.database.sql.StatementObserver;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Executes statements of many requests concurrently over few connections: each is sent
 * without waiting for the one before it, and PostgreSQL returns their results in order.
 * No thread waits, and none borrows a connection.
 *
 * <p>
 * Statements that may take long have separate connections, with one statement at a time:
 * statements behind them would wait.
 *
 * <p>
 * Not final: tests wrap the bean, to see its statements.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">PostgreSQL:
 * message flow, pipelining</a>
 */
public class PipelinedClient implements AutoCloseable, EvictableConnections {

	private static final Comparator<PipelinedConnection> LEAST_USED = Comparator
		.comparingInt(PipelinedConnection::pending);

	/** Those of the current event loop come first. */
	private static final Comparator<PipelinedConnection> LOCAL_FIRST = Comparator
		.comparing((PipelinedConnection connection) -> !connection.isOnCurrentEventLoop())
		.thenComparing(LEAST_USED);

	/** PostgreSQL has certainly responded this long after {@code statement_timeout}. */
	private static final Duration GRACE = Duration.ofSeconds(5);

	private final List<PipelinedConnection> shortConnections;

	private final List<PipelinedConnection> scanConnections;

	private final StatementBulkhead scanBulkhead;

	private final StatementObserver observer;

	PipelinedClient(VertxInternal vertx, DatabaseAddress address, List<String> initialStatements,
			PipelineProperties properties, ConnectionPolicy policy, Duration statementTimeout,
			StatementObserver observer) {
		Duration readTimeout = statementTimeout.plus(GRACE);
		ContextInternal context = vertx.createEventLoopContext();
		List<String> statements = new ArrayList<>(initialStatements);
		if (address.sessions()) {
			// Set by a statement, since PgBouncer refuses startup parameters that it does
			// not know.
			statements.add("SET statement_timeout = " + statementTimeout.toMillis());
		}
		this.shortConnections = connections(vertx,
				new HostConnector(address, statements, context, Integer.MAX_VALUE, policy),
				properties.shared(address.sessions()), properties.statementsPerConnection(address.sessions()), policy,
				readTimeout);
		this.scanConnections = connections(vertx, new HostConnector(address, statements, context, 1, policy),
				properties.scanConnections(), 1, policy, readTimeout);
		this.scanBulkhead = new StatementBulkhead(Math.max(1, properties.scanConnections() / 2));
		this.observer = observer;
		this.shortConnections.forEach(PipelinedConnection::connect);
	}

	private static List<PipelinedConnection> connections(VertxInternal vertx, HostConnector connector, int count,
			int statementsPerKey, ConnectionPolicy policy, Duration readTimeout) {
		List<PipelinedConnection> connections = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			// Contexts are assigned to the event loops round-robin.
			connections.add(new PipelinedConnection(vertx.createEventLoopContext(), connector,
					new StatementBulkhead(statementsPerKey), policy, readTimeout));
		}
		return List.copyOf(connections);
	}

	/**
	 * Executes a statement outside of a transaction.
	 * @param key the key whose permits are used, such as an account
	 * @param lane which connections it is sent on
	 * @param sql the SQL, with parameters {@code $1}, {@code $2} and so on
	 * @param parameters the parameters, in the types of the client
	 * @return the rows, on the event loop on which they arrive; fails with one of
	 * Spring's data access exceptions, or with
	 * {@link dev.kennel.concurrency.DeadlineExceededException} at the deadline of the
	 * calling thread
	 */
	public CompletableFuture<ResultRows> query(Object key, StatementLane lane, String sql, List<Object> parameters) {
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.require();
		}
		PendingStatement statement = new PendingStatement(sql, Tuple.wrap(parameters));
		if (deadline != null) {
			deadline.onExpiry(statement);
		}
		StatementObserver.Observation observation = this.observer.begin(sql);
		// Chained: dependents of one future are executed in the reverse order, and the
		// statement would last until its rows are processed.
		CompletableFuture<ResultRows> rows = statement.whenComplete((result, failure) -> observation.end(failure))
			.thenApply(ClientResultRows::new);
		switch (lane) {
			case SHORT -> {
				PipelinedConnection connection = Collections.min(this.shortConnections, LOCAL_FIRST);
				StatementBulkhead bulkhead = connection.bulkhead();
				connection.reserve();
				bulkhead.acquire(key, () -> send(statement, connection, bulkhead, key));
			}
			case SCAN -> this.scanBulkhead.acquire(key, () -> {
				PipelinedConnection connection = Collections.min(this.scanConnections, LEAST_USED);
				connection.reserve();
				return send(statement, connection, this.scanBulkhead, key);
			});
		}
		return rows;
	}

	/**
	 * Sends a statement, unless it has failed while it was waiting for a permit.
	 * @return whether it was sent
	 */
	private static boolean send(PendingStatement statement, PipelinedConnection connection, StatementBulkhead bulkhead,
			Object key) {
		if (statement.isDone()) {
			connection.unreserve();
			return false;
		}
		// The permit covers the work of PostgreSQL, whether or not its result is still
		// awaited.
		connection.send(statement, () -> {
			connection.unreserve();
			bulkhead.release(key);
		});
		return true;
	}

	/**
	 * Waits for a result. It must not be called on an event loop.
	 * @param <T> the type of the result
	 * @param result the future result
	 * @return the result
	 */
	public static <T> T await(CompletableFuture<T> result) {
		EventLoops.requireMayBlock();
		return Futures.join(result);
	}

	@Override
	public void evict() {
		this.shortConnections.forEach(PipelinedConnection::evict);
		this.scanConnections.forEach(PipelinedConnection::evict);
	}

	/**
	 * Opens the connections that are not open.
	 * @return whether all are open by now
	 */
	boolean connect() {
		boolean open = true;
		for (PipelinedConnection connection : this.shortConnections) {
			open &= connection.connect();
		}
		for (PipelinedConnection connection : this.scanConnections) {
			open &= connection.connect();
		}
		return open;
	}

	/** Returns why a connection could not be opened the last time, or null. */
	@Nullable String connectFailure() {
		for (PipelinedConnection connection : this.shortConnections) {
			String failure = connection.connectFailure();
			if (failure != null) {
				return failure;
			}
		}
		return null;
	}

	/**
	 * Closes all connections at once, and those that are being opened: statements in
	 * flight fail.
	 */
	void abort() {
		this.shortConnections.forEach(PipelinedConnection::abort);
		this.scanConnections.forEach(PipelinedConnection::abort);
	}

	@Override
	public void close() {
		this.shortConnections.forEach(PipelinedConnection::close);
		this.scanConnections.forEach(PipelinedConnection::close);
	}

}
