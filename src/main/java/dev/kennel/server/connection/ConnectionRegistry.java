package dev.kennel.server.connection;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.server.limit.KennelServerProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry of open connections. One thread closes overdue connections, instead of a
 * timer or a {@code Watchdog} for each: thousands of idle connections are no work in
 * progress. Beyond the maximum number, it evicts the cheapest: unauthenticated before
 * authenticated, idle before busy, then those of the network with the most connections,
 * then the longest idle.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class ConnectionRegistry implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionRegistry.class);

	private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

	/**
	 * One fiftieth of the maximum is evicted at once, so that not every new connection
	 * causes an eviction.
	 */
	private static final int EVICTION_DIVISOR = 50;

	private static final int IPV6_NETWORK_BYTES = 8;

	private final Set<ConnectionHandler> connections = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean evicting = new AtomicBoolean();

	private final LongAdder evicted = new LongAdder();

	private final KennelServerProperties limits;

	private final long bodyTimeoutNanos;

	private final int max;

	/**
	 * Evicts on demand, too, and begins with its server: Spring's scheduled tasks begin
	 * when the service's and the management server have started.
	 */
	private final ScheduledExecutorService executor = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("connections").factory());

	/**
	 * Creates a registry, and starts its thread.
	 * @param limits the timeouts, and the maximum number of connections
	 * @param bodyTimeout the time that a request body may take
	 */
	public ConnectionRegistry(KennelServerProperties limits, Duration bodyTimeout) {
		this.limits = limits;
		this.bodyTimeoutNanos = bodyTimeout.toNanos();
		this.max = limits.connections();
		this.executor.scheduleWithFixedDelay(this::closeOverdue, CHECK_INTERVAL.toMillis(), CHECK_INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/**
	 * Returns the network of a client: the IPv4 address or the IPv6 /64, as providers
	 * assign to one customer.
	 */
	static String network(InetSocketAddress peer) {
		byte[] bytes = peer.getAddress().getAddress();
		return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, IPV6_NETWORK_BYTES));
	}

	void add(ConnectionHandler connection) {
		this.connections.add(connection);
		evictBeyondMax(this.connections.size());
	}

	private void evictBeyondMax(int open) {
		if (open > this.max && this.evicting.compareAndSet(false, true)) {
			this.executor.execute(this::evictCheapest);
		}
	}

	void remove(ConnectionHandler connection) {
		this.connections.remove(connection);
	}

	/**
	 * Returns the number of open connections, with each HTTP/2 stream counted as one.
	 * @return the number
	 */
	public int size() {
		return this.connections.stream().mapToInt((connection) -> connection.state().weight()).sum();
	}

	/**
	 * Returns the maximum number of open connections.
	 * @return the number
	 */
	public int max() {
		return this.max;
	}

	/**
	 * Returns the number of evicted connections.
	 * @return the number
	 */
	public long evicted() {
		return this.evicted.sum();
	}

	private void closeOverdue() {
		try {
			long now = System.nanoTime();
			int open = 0;
			for (ConnectionHandler connection : this.connections) {
				open += connection.state().weight();
				if (connection.state().isOverdue(now, this.limits, this.bodyTimeoutNanos)) {
					connection.abortIfStillOverdue();
				}
			}
			// Connections opened during an eviction, and HTTP/2 streams, do not trigger
			// one themselves.
			evictBeyondMax(open);
		}
		catch (RuntimeException ex) {
			logger.warn("Connections could not be checked", ex);
		}
	}

	private void evict(ConnectionHandler connection) {
		this.connections.remove(connection);
		connection.abort();
	}

	/** A snapshot of a connection's sort keys, which may change during the sort. */
	private record Candidate(ConnectionHandler connection, int cost, int networkSize, long since) {

		private static final Comparator<Candidate> CHEAPEST_FIRST = Comparator.comparingInt(Candidate::cost)
			.thenComparingInt((candidate) -> -candidate.networkSize())
			.thenComparingLong(Candidate::since);

	}

	private void evictCheapest() {
		try {
			long now = System.nanoTime();
			Map<String, Integer> sizes = new HashMap<>();
			this.connections
				.forEach((connection) -> sizes.merge(connection.network(), connection.state().weight(), Integer::sum));
			int surplus = sizes.values().stream().mapToInt(Integer::intValue).sum() - this.max
					+ Math.max(1, this.max / EVICTION_DIVISOR);
			List<Candidate> cheapest = this.connections.stream()
				.map((connection) -> new Candidate(connection, connection.state().evictionCost(now),
						sizes.getOrDefault(connection.network(), 0), connection.state().since()))
				.sorted(Candidate.CHEAPEST_FIRST)
				.toList();
			logger.debug("The maximum number of connections is exceeded");
			for (Candidate candidate : cheapest) {
				if (surplus <= 0) {
					break;
				}
				surplus -= candidate.connection().state().weight();
				this.evicted.increment();
				evict(candidate.connection());
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Connections could not be closed", ex);
		}
		finally {
			this.evicting.set(false);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
