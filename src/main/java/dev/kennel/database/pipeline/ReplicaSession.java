package dev.kennel.database.pipeline;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.kennel.database.DatabaseUnavailableException;
import dev.kennel.database.ResultRows;

/**
 * A period in which the replica is one server without interruption: what a statement has
 * seen there, later ones of the session see, too.
 */
public final class ReplicaSession {

	private final PipelinedClient client;

	private final Consumer<String> lost;

	/** The statements in flight, by their sequence numbers. */
	private final Map<Long, CompletableFuture<?>> inFlight = new ConcurrentHashMap<>();

	private final AtomicLong statements = new AtomicLong();

	private volatile boolean ended;

	ReplicaSession(PipelinedClient client, Consumer<String> lost) {
		this.client = client;
		this.lost = lost;
	}

	/**
	 * Executes a statement on the replica.
	 * @param key the key whose permits are used, such as an account
	 * @param lane which connections it is sent on
	 * @param sql the SQL, with parameters {@code $1}, {@code $2} and so on
	 * @param parameters the parameters, in the types of the client
	 * @return the rows, as for {@link PipelinedClient#query}; fails with
	 * {@link DatabaseUnavailableException} when the session ends
	 */
	public CompletableFuture<ResultRows> query(Object key, StatementLane lane, String sql, List<Object> parameters) {
		return inSession((replica) -> replica.query(key, lane, sql, parameters));
	}

	/**
	 * Executes a statement that takes no time. If the replica does not respond within a
	 * second, the session ends.
	 * @param sql the SQL
	 * @param parameters the parameters, in the types of the client
	 * @return the rows, as for {@link #query}
	 */
	public CompletableFuture<ResultRows> lookUp(String sql, List<Object> parameters) {
		return inSession((replica) -> replica.query(this, StatementLane.SHORT, sql, parameters)
			.orTimeout(Replica.SILENCE.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((rows, failure) -> {
				if (failure instanceof TimeoutException) {
					Thread.startVirtualThread(() -> this.lost.accept("it has not responded within a second"));
				}
			}));
	}

	private CompletableFuture<ResultRows> inSession(Function<PipelinedClient, CompletableFuture<ResultRows>> query) {
		CompletableFuture<ResultRows> result = new CompletableFuture<>();
		Long number = this.statements.incrementAndGet();
		this.inFlight.put(number, result);
		// In this order: a session that ends now either has this statement or is seen to
		// have ended.
		if (this.ended) {
			this.inFlight.remove(number);
			return CompletableFuture.failedFuture(unavailable());
		}
		CompletableFuture<ResultRows> sent;
		try {
			sent = query.apply(this.client);
		}
		catch (RuntimeException | Error ex) {
			this.inFlight.remove(number);
			throw ex;
		}
		var _ = sent.whenComplete((rows, failure) -> {
			this.inFlight.remove(number);
			if (failure == null) {
				result.complete(rows);
			}
			else {
				result.completeExceptionally(failure);
			}
		});
		return result;
	}

	/** Fails all statements in flight. */
	void end() {
		this.ended = true;
		// Dependent work must not be executed on the thread of the monitor.
		this.inFlight.values()
			.forEach((statement) -> Thread.startVirtualThread(() -> statement.completeExceptionally(unavailable())));
	}

	private static DatabaseUnavailableException unavailable() {
		return new DatabaseUnavailableException("The replica is not available any longer", null);
	}

}
