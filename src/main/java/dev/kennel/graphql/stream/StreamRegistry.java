package dev.kennel.graphql.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The streams of this instance. It ends each when its token expires, when its session is
 * revoked, and when the instance is stopped: before the server waits for running
 * requests, which streams would never let it finish.
 */
@Component
public class StreamRegistry implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(StreamRegistry.class);

	private static final Duration CHECK = Duration.ofMillis(250);

	private static final Duration STOP = Duration.ofSeconds(5);

	private final StreamProperties properties;

	private final StreamAuthenticator tokens;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition allClosed = this.lock.newCondition();

	private final Set<OpenStream> streams = new HashSet<>();

	private final Map<AccountId, Integer> counts = new HashMap<>();

	private boolean stopping;

	private volatile boolean running;

	private @Nullable Thread watcher;

	/**
	 * Creates an instance without streams.
	 * @param properties the limits
	 * @param tokens tells which sessions have ended
	 * @param clock the time, by which tokens expire
	 */
	public StreamRegistry(StreamProperties properties, StreamAuthenticator tokens, Clock clock) {
		this.properties = properties;
		this.tokens = tokens;
		this.clock = clock;
	}

	/**
	 * Opens a stream.
	 * @param caller the account and session that it is charged to
	 * @param transport ends it
	 * @return the stream, to be given to {@link #close} when it has ended
	 * @throws StreamRefusedException if there may be no further one
	 */
	public OpenStream open(Caller caller, Consumer<StreamEnd> transport) {
		OpenStream stream = new OpenStream(caller, transport);
		open(stream);
		return stream;
	}

	/**
	 * Opens a connection whose caller is not known yet. It is charged to no account, and
	 * ends with the instance.
	 * @param transport ends it
	 * @return the stream, to be given to {@link #close} when it has ended
	 * @throws StreamRefusedException if the instance is being stopped
	 */
	public OpenStream openUnknown(Consumer<StreamEnd> transport) {
		OpenStream stream = new OpenStream(null, transport);
		open(stream);
		return stream;
	}

	/**
	 * Opens a stream that has been made already.
	 * @param stream the stream, to be given to {@link #close} when it has ended
	 * @throws StreamRefusedException if there may be no further one
	 */
	public void open(OpenStream stream) {
		this.lock.lock();
		try {
			if (this.stopping) {
				throw new StreamRefusedException(StreamEnd.STOPPING);
			}
			Caller caller = stream.caller();
			if (caller != null) {
				if (this.counts.getOrDefault(caller.account(), 0) >= this.properties.maxPerAccount()) {
					throw new StreamRefusedException(StreamEnd.TOO_MANY_STREAMS);
				}
				this.counts.merge(caller.account(), 1, Integer::sum);
			}
			this.streams.add(stream);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forgets a stream that has ended; again does no harm.
	 * @param stream the stream
	 */
	public void close(OpenStream stream) {
		this.lock.lock();
		try {
			if (this.streams.remove(stream)) {
				Caller caller = stream.caller();
				if (caller != null) {
					this.counts.computeIfPresent(caller.account(), (account, count) -> (count > 1) ? count - 1 : null);
				}
				if (this.streams.isEmpty()) {
					this.allClosed.signalAll();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether an account has a stream here that goes on. */
	boolean hasAny(AccountId account) {
		return snapshot().stream().anyMatch((stream) -> {
			Caller caller = stream.caller();
			return caller != null && caller.account().equals(account) && !stream.isEnded();
		});
	}

	/**
	 * The number of streams of accounts, and of connections whose caller is not known.
	 */
	int size() {
		this.lock.lock();
		try {
			return this.streams.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Set<OpenStream> snapshot() {
		this.lock.lock();
		try {
			return new HashSet<>(this.streams);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void watch() {
		while (this.running) {
			try {
				TimeUnit.MILLISECONDS.sleep(CHECK.toMillis());
				endWhatMayNotGoOn();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			catch (RuntimeException ex) {
				logger.warn("Streams could not be checked", ex);
			}
		}
	}

	private void endWhatMayNotGoOn() {
		Instant now = this.clock.instant();
		for (OpenStream stream : snapshot()) {
			Caller caller = stream.caller();
			if (caller == null) {
				continue;
			}
			if (this.tokens.isRevoked(caller)) {
				stream.end(StreamEnd.SESSION_REVOKED);
			}
			else if (!now.isBefore(caller.expiresAt())) {
				stream.end(StreamEnd.TOKEN_EXPIRED);
			}
		}
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			this.stopping = false;
		}
		finally {
			this.lock.unlock();
		}
		this.running = true;
		this.watcher = Thread.ofPlatform().daemon().name("streams").start(this::watch);
	}

	@Override
	public void stop() {
		this.running = false;
		Thread thread = this.watcher;
		if (thread != null) {
			thread.interrupt();
		}
		this.lock.lock();
		try {
			this.stopping = true;
			this.streams.forEach((stream) -> stream.end(StreamEnd.STOPPING));
			long remaining = STOP.toNanos();
			while (!this.streams.isEmpty() && remaining > 0) {
				remaining = this.allClosed.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Before the server waits for the last requests, and not before a drain is over. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
