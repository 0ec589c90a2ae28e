package dev.kennel.graphql.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.RequestAuthenticator;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The registry of open streams of this instance. Limits the streams of an account, and
 * ends a stream when its token expires, when its session is revoked, and at shutdown:
 * before the server waits for running requests, since streams never finish by themselves.
 */
@Component
@EnableConfigurationProperties(StreamProperties.class)
public class StreamRegistry implements SmartLifecycle {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private final StreamProperties properties;

	private final RequestAuthenticator authenticator;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition allClosed = this.lock.newCondition();

	private final Set<OpenStream> streams = new HashSet<>();

	private final Map<AccountId, Integer> counts = new HashMap<>();

	private boolean stopping;

	private volatile boolean running;

	/**
	 * Creates an empty registry.
	 * @param properties the limits
	 * @param authenticator checks whether sessions are revoked
	 * @param clock the clock for the expiry of tokens
	 */
	public StreamRegistry(StreamProperties properties, RequestAuthenticator authenticator, Clock clock) {
		this.properties = properties;
		this.authenticator = authenticator;
		this.clock = clock;
	}

	/**
	 * Opens a stream.
	 * @param caller the account and session that it is charged to
	 * @param onEnd ends the stream
	 * @return the stream, to be passed to {@link #close} when it has ended
	 * @throws StreamRefusedException if the account has reached its limit, or the
	 * instance is shutting down
	 */
	public OpenStream open(Caller caller, Consumer<StreamEnd> onEnd) {
		OpenStream stream = new OpenStream(caller, onEnd);
		open(stream);
		return stream;
	}

	/**
	 * Opens a connection whose caller is not known yet. It is charged to no account, and
	 * ends at shutdown.
	 * @param onEnd ends the stream
	 * @return the stream, to be passed to {@link #close} when it has ended
	 * @throws StreamRefusedException if the instance is shutting down
	 */
	public OpenStream openUnauthenticated(Consumer<StreamEnd> onEnd) {
		OpenStream stream = new OpenStream(null, onEnd);
		open(stream);
		return stream;
	}

	/**
	 * Opens an existing stream.
	 * @param stream the stream, to be passed to {@link #close} when it has ended
	 * @throws StreamRefusedException if the account has reached its limit, or the
	 * instance is shutting down
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
	 * Removes a stream that has ended. Idempotent.
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

	/** Returns whether an account has a stream that has not ended. */
	boolean hasOpenStream(AccountId account) {
		return snapshot().stream().anyMatch((stream) -> {
			Caller caller = stream.caller();
			return caller != null && caller.account().equals(account) && !stream.isEnded();
		});
	}

	/**
	 * Returns the number of streams, including connections whose caller is not known yet.
	 * @return the number
	 */
	public int size() {
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

	@Scheduled(fixedDelay = 250)
	void endExpiredAndRevoked() {
		Instant now = this.clock.instant();
		for (OpenStream stream : snapshot()) {
			Caller caller = stream.caller();
			if (caller == null) {
				continue;
			}
			if (this.authenticator.isRevoked(caller)) {
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
	}

	@Override
	public void stop() {
		this.running = false;
		this.lock.lock();
		try {
			this.stopping = true;
			this.streams.forEach((stream) -> stream.end(StreamEnd.STOPPING));
			long remaining = STOP_TIMEOUT.toNanos();
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

	/** Stops before the server waits for the last requests, and after the drain. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
