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
final class OpenConnections implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(OpenConnections.class);

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

	OpenConnections(ServerLimitProperties limits, Duration bodyTimeout) {
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
		evictBeyondMax();
	}

	private void evictBeyondMax() {
		if (this.connections.size() > this.max && this.evicting.compareAndSet(false, true)) {
			this.watch.execute(this::closeCheapest);
		}
	}

	void remove(ConnectionHandler connection) {
		this.connections.remove(connection);
	}

	/** The number of open connections. */
	int size() {
		return this.connections.size();
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
			for (ConnectionHandler connection : this.connections) {
				if (connection.isOverdue(now, this.limits, this.bodyTimeout)) {
					connection.abortIfStillOverdue();
				}
			}
			// Those that were opened during an eviction have not caused another.
			evictBeyondMax();
		}
		catch (RuntimeException ex) {
			logger.warn("Connections could not be checked", ex);
		}
	}

	private void close(ConnectionHandler connection) {
		this.connections.remove(connection);
		connection.abort();
	}

	private void closeCheapest() {
		try {
			long now = System.nanoTime();
			Map<String, Integer> sizes = new HashMap<>();
			this.connections.forEach((one) -> sizes.merge(one.network(), 1, Integer::sum));
			List<ConnectionHandler> cheapest = this.connections.stream()
				.sorted(Comparator.<ConnectionHandler>comparingInt((connection) -> connection.cost(now))
					.thenComparingInt((connection) -> -sizes.getOrDefault(connection.network(), 0))
					.thenComparingLong(ConnectionHandler::since))
				.limit(this.connections.size() - this.max + Math.max(1, this.max / CLOSED_AT_ONCE))
				.toList();
			logger.debug("{} connections are closed, since more are open than may be", cheapest.size());
			this.evicted.add(cheapest.size());
			cheapest.forEach(this::close);
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
