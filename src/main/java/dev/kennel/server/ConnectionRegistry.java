package dev.kennel.server;

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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections. One thread closes those that take longer than they may, instead of a
 * timer for each; and beyond the number that may be open, those whose loss costs least:
 * without a valid token before those with one, silent before busy, of the network with
 * the most of them, and idle for longest.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class ConnectionRegistry implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionRegistry.class);

	private static final Duration CHECK = Duration.ofMillis(100);

	/** A part of all is closed at once, so that not each new one has to look for one. */
	private static final int CLOSED_AT_ONCE = 50;

	private static final int IPV6_NETWORK_BYTES = 8;

	private final Set<ConnectionHandler> connections = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean evicting = new AtomicBoolean();

	private final LongAdder evicted = new LongAdder();

	private final ServerLimitProperties limits;

	private final long bodyTimeout;

	private final int max;

	private final ScheduledExecutorService watch = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("connections").factory());

	ConnectionRegistry(ServerLimitProperties limits, Duration bodyTimeout) {
		this.limits = limits;
		this.bodyTimeout = bodyTimeout.toNanos();
		this.max = limits.connections();
		this.watch.scheduleWithFixedDelay(this::closeOverdue, CHECK.toMillis(), CHECK.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/** The network that a client's provider gives to one customer. */
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
			this.watch.execute(this::closeCheapest);
		}
	}

	void remove(ConnectionHandler connection) {
		this.connections.remove(connection);
	}

	/** The number of open connections, each stream of HTTP/2 counted as one. */
	int size() {
		return this.connections.stream().mapToInt(ConnectionHandler::weight).sum();
	}

	/** How many may be open. */
	int max() {
		return this.max;
	}

	/** How many have been closed because more were open than may be. */
	long evicted() {
		return this.evicted.sum();
	}

	private void closeOverdue() {
		try {
			long now = System.nanoTime();
			int open = 0;
			for (ConnectionHandler connection : this.connections) {
				open += connection.weight();
				if (connection.isOverdue(now, this.limits, this.bodyTimeout)) {
					connection.abortIfStillOverdue();
				}
			}
			// Those that were opened during an eviction have not caused another, and
			// neither do streams of HTTP/2.
			evictBeyondMax(open);
		}
		catch (RuntimeException ex) {
			logger.warn("Connections could not be checked", ex);
		}
	}

	private void close(ConnectionHandler connection) {
		this.connections.remove(connection);
		connection.abort();
	}

	/** What a connection is compared by, which may change meanwhile. */
	private record Candidate(ConnectionHandler connection, int cost, int networkSize, long since) {

		private static final Comparator<Candidate> CHEAPEST_FIRST = Comparator.comparingInt(Candidate::cost)
			.thenComparingInt((candidate) -> -candidate.networkSize())
			.thenComparingLong(Candidate::since);

	}

	private void closeCheapest() {
		try {
			long now = System.nanoTime();
			Map<String, Integer> sizes = new HashMap<>();
			this.connections.forEach((one) -> sizes.merge(one.network(), one.weight(), Integer::sum));
			int surplus = sizes.values().stream().mapToInt(Integer::intValue).sum() - this.max
					+ Math.max(1, this.max / CLOSED_AT_ONCE);
			List<Candidate> cheapest = this.connections.stream()
				.map((one) -> new Candidate(one, one.cost(now), sizes.getOrDefault(one.network(), 0), one.since()))
				.sorted(Candidate.CHEAPEST_FIRST)
				.toList();
			logger.debug("More connections are open than may be");
			for (Candidate candidate : cheapest) {
				if (surplus <= 0) {
					break;
				}
				surplus -= candidate.connection().weight();
				this.evicted.increment();
				close(candidate.connection());
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
		this.watch.shutdownNow();
	}

}
