package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.kennel.database.sql.DatabaseUnavailableException;
import dev.kennel.database.sql.ResultRows;

/**
 * A period in which the replica is one server without interruption: what a statement has
 * seen there, later ones of the session see, too.
 */
public final class ReplicaSession {

	/** The lookups that the replica may owe a response at a time. */
	private static final int MAX_LOOKUPS = 8;

	/** How long a connection may owe a response that others give. */
	private static final Duration SILENCE = Duration.ofSeconds(2);

	private final PipelinedClient client;

	private final Duration maxWait;

	/** The statements in flight, by an object for each. */
	private final Map<Object, CompletableFuture<?>> inFlight = new ConcurrentHashMap<>();

	/** The lookups without a response, those that are overdue included. */
	private final AtomicInteger lookups = new AtomicInteger();

	/** When the lookups without a response were begun, by an object for each. */
	private final Map<Object, Long> lookupsBegunAt = new ConcurrentHashMap<>();

	/** When the lookup was begun that has had a response in time last. */
	private volatile long respondedBegunAt = System.nanoTime();

	private volatile boolean ended;

	/**
	 * Creates a session.
	 * @param client the client of the replica
	 * @param maxWait how long a lookup may take
	 */
	ReplicaSession(PipelinedClient client, Duration maxWait) {
		this.client = client;
		this.maxWait = maxWait;
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
	 * Executes a statement that takes no time by itself, on the connections of short
	 * statements: it waits as long as they would.
	 * @param sql the SQL
	 * @param parameters the parameters, in the types of the client
	 * @return the rows, as for {@link #query}; fails with a {@link TimeoutException} if
	 * the replica is too busy: at once while enough lookups are overdue, so that they do
	 * not add to its load
	 */
	public CompletableFuture<ResultRows> lookUp(String sql, List<Object> parameters) {
		return withinMaxWait(inSession((replica) -> {
			long begunAt = System.nanoTime();
			Object lookup = new Object();
			CompletableFuture<ResultRows> sent;
			if (this.lookups.incrementAndGet() > MAX_LOOKUPS) {
				sent = CompletableFuture.failedFuture(new TimeoutException("Earlier lookups are overdue"));
			}
			else {
				try {
					sent = replica.query(this, StatementLane.SHORT, sql, parameters);
					this.lookupsBegunAt.put(lookup, begunAt);
				}
				// As of the deadline.
				catch (RuntimeException | Error ex) {
					sent = CompletableFuture.failedFuture(ex);
				}
			}
			return sent.whenComplete((rows, failure) -> {
				this.lookups.decrementAndGet();
				this.lookupsBegunAt.remove(lookup);
				if (failure == null && System.nanoTime() - begunAt < this.maxWait.toNanos()) {
					this.respondedBegunAt = begunAt;
				}
			});
		}));
	}

	/**
	 * Returns whether a connection does not respond, though others do: statements on it
	 * would wait until their deadlines. While none responds, the replica is busy.
	 * @return whether a lookup is overdue by far, and a later one has had a response in
	 * time
	 */
	boolean isConnectionSilent() {
		long now = System.nanoTime();
		long responded = this.respondedBegunAt;
		return this.lookupsBegunAt.values()
			.stream()
			.anyMatch((begunAt) -> now - begunAt > SILENCE.toNanos() && responded - begunAt > 0);
	}

	/**
	 * Limits how long the replica may take from now on.
	 * @param <T> the type of the result
	 * @param result what the replica is asked for
	 * @return the same result, or a {@link TimeoutException}
	 */
	public <T> CompletableFuture<T> withinMaxWait(CompletableFuture<T> result) {
		if (result.isDone()) {
			return result;
		}
		CompletableFuture<T> limited = new CompletableFuture<>();
		var _ = result.copy().orTimeout(this.maxWait.toNanos(), TimeUnit.NANOSECONDS).whenComplete((value, failure) -> {
			if (failure == null) {
				limited.complete(value);
			}
			else {
				// Dependent work must not be executed on the thread of the timeouts.
				Thread.startVirtualThread(() -> limited.completeExceptionally(unwrap(failure)));
			}
		});
		return limited;
	}

	private static Throwable unwrap(Throwable failure) {
		return (failure instanceof CompletionException wrapped && wrapped.getCause() != null) ? wrapped.getCause()
				: failure;
	}

	private CompletableFuture<ResultRows> inSession(Function<PipelinedClient, CompletableFuture<ResultRows>> query) {
		CompletableFuture<ResultRows> result = new CompletableFuture<>();
		Object statement = new Object();
		this.inFlight.put(statement, result);
		// In this order: a session that ends now either has this statement or is seen to
		// have ended.
		if (this.ended) {
			this.inFlight.remove(statement);
			return CompletableFuture.failedFuture(unavailable());
		}
		CompletableFuture<ResultRows> sent;
		try {
			sent = query.apply(this.client);
		}
		catch (RuntimeException | Error ex) {
			this.inFlight.remove(statement);
			throw ex;
		}
		var _ = sent.whenComplete((rows, failure) -> {
			this.inFlight.remove(statement);
			if (failure != null) {
				result.completeExceptionally(failure);
			}
			// It may have been sent on a connection that leads to another server.
			else if (this.ended) {
				result.completeExceptionally(unavailable());
			}
			else {
				result.complete(rows);
			}
		});
		return result;
	}

	/**
	 * Fails all statements in flight, and those that are begun later. Results that arrive
	 * from now on are dropped.
	 */
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
