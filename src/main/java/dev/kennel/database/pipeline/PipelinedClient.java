package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.concurrency.Completion;
import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.ResultRows;
import dev.kennel.database.StatementObserver;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements of many requests at once over few connections: each is sent without
 * waiting for the one before it, and PostgreSQL answers them in their order. No thread
 * waits, and none is handed a connection.
 *
 * <p>
 * Statements that may take long have connections of their own, on which there is one at a
 * time: those behind would wait for it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">PostgreSQL:
 * message flow, pipelining</a>
 */
public final class PipelinedClient implements AutoCloseable {

	/** So long after {@code statement_timeout} PostgreSQL has certainly answered. */
	private static final Duration GRACE = Duration.ofSeconds(5);

	private final List<PipelinedConnection> shared;

	private final List<PipelinedConnection> scans;

	private final StatementBulkhead accounts;

	private final StatementBulkhead scansOfAccounts;

	private final StatementObserver observer;

	private final @Nullable StatementListener listener;

	PipelinedClient(VertxInternal vertx, DatabaseAddress address, List<String> initialStatements,
			PipelineProperties properties, Duration patience, Duration statementTimeout, StatementObserver observer,
			@Nullable StatementListener listener) {
		Duration silence = statementTimeout.plus(GRACE);
		ContextInternal any = vertx.createEventLoopContext();
		List<String> statements = new ArrayList<>(initialStatements);
		if (address.sessions()) {
			// By a statement: PgBouncer refuses startup parameters that it does not know.
			statements.add("SET statement_timeout = " + statementTimeout.toMillis());
		}
		this.shared = connections(vertx, new HostConnector(address, statements, any, Integer.MAX_VALUE),
				properties.shared(), patience, silence);
		this.scans = connections(vertx, new HostConnector(address, statements, any, 1), properties.scanConnections(),
				patience, silence);
		this.accounts = new StatementBulkhead(properties.statementsPerAccount());
		this.scansOfAccounts = new StatementBulkhead(Math.max(1, properties.scanConnections() / 2));
		this.observer = observer;
		this.listener = listener;
		this.shared.forEach(PipelinedConnection::connect);
	}

	private static List<PipelinedConnection> connections(VertxInternal vertx, HostConnector connector, int count,
			Duration patience, Duration silence) {
		List<PipelinedConnection> connections = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			// Each context has the next of the event loops.
			connections.add(new PipelinedConnection(vertx.createEventLoopContext(), connector, patience, silence));
		}
		return List.copyOf(connections);
	}

	/**
	 * Runs a statement by itself, in no transaction.
	 * @param key the key whose permits are used, such as an account
	 * @param lane how long it may take
	 * @param sql the text, with parameters {@code $1}, {@code $2} and so on
	 * @param parameters the parameters, in the types of the client
	 * @return the rows, on the event loop on which they arrive; failed with an exception
	 * of Spring's for access to data, or with
	 * {@link dev.kennel.concurrency.DeadlineExceededException} at the deadline of this
	 * thread
	 */
	public CompletableFuture<ResultRows> query(Object key, StatementLane lane, String sql, List<Object> parameters) {
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.require();
		}
		if (this.listener != null) {
			this.listener.sending(sql);
		}
		PendingStatement statement = new PendingStatement(sql, Tuple.wrap(parameters));
		if (deadline != null) {
			deadline.onExpiry(statement);
		}
		StatementObserver.Observation observation = this.observer.begin(sql);
		var _ = statement.whenComplete((rows, failure) -> observation.end(failure));
		StatementBulkhead bulkhead = (lane == StatementLane.SHORT) ? this.accounts : this.scansOfAccounts;
		List<PipelinedConnection> connections = (lane == StatementLane.SHORT) ? this.shared : this.scans;
		bulkhead.acquire(key, () -> send(statement, connections, bulkhead, key));
		CompletableFuture<ResultRows> rows = statement.thenApply(ClientResultRows::new);
		return (this.listener != null) ? this.listener.sent(sql, rows) : rows;
	}

	/** One that has failed before its turn is not sent. */
	private static void send(PendingStatement statement, List<PipelinedConnection> connections,
			StatementBulkhead bulkhead, Object key) {
		if (statement.isDone()) {
			bulkhead.release(key);
			return;
		}
		// The permit is that of PostgreSQL's work, whether or not its result is waited
		// for.
		leastUsed(connections).send(statement, () -> bulkhead.release(key));
	}

	/** One of the thread's own event loop, if it is one. */
	private static PipelinedConnection leastUsed(List<PipelinedConnection> connections) {
		PipelinedConnection best = connections.getFirst();
		for (PipelinedConnection connection : connections) {
			if (connection.isOfThisThread()) {
				return connection;
			}
			if (connection.underWay() < best.underWay()) {
				best = connection;
			}
		}
		return best;
	}

	/**
	 * Waits for what a statement answers. An event loop must not.
	 * @param <T> what is answered
	 * @param answer what comes
	 * @return what has come
	 */
	public static <T> T await(CompletableFuture<T> answer) {
		EventLoops.requireMayBlock();
		return Completion.join(answer);
	}

	@Override
	public void close() {
		this.shared.forEach(PipelinedConnection::close);
		this.scans.forEach(PipelinedConnection::close);
	}

}
