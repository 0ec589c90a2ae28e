package dev.kennel.session.revocation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.database.notification.NotificationListener;
import dev.kennel.session.token.AuthProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The revoked sessions whose access tokens have not expired. The list is short: it evicts
 * a session once the last of its tokens has expired. A lookup takes no statement. A
 * revocation by another instance arrives at once by a notification, and within two
 * seconds without one.
 */
@Component
public class RevocationList implements NotificationListener {

	private static final Logger logger = LoggerFactory.getLogger(RevocationList.class);

	private static final String CHANNEL = "kennel_sessions_revoked";

	/**
	 * Whatever else a notification contains is left out: the other sessions are revoked
	 * nevertheless.
	 */
	private static final Pattern SESSION = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

	/** The number of ids that fit into one notification. */
	private static final int BATCH_SIZE = 200;

	/**
	 * Exceeds the clock skew, and the time from the timestamp of a revocation to its
	 * commit.
	 */
	private static final Duration MARGIN = Duration.ofMinutes(2);

	/**
	 * The timeout of a refresh. A database that has frozen would hold it up otherwise,
	 * although another one may be the primary by now.
	 */
	private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

	private final RevocationRepository revocations;

	private final NotificationChannel notifications;

	private final Clock clock;

	private final Duration age;

	private final Map<UUID, Instant> revoked = new ConcurrentHashMap<>();

	/**
	 * Sessions from notifications, until the database provides the times of their
	 * revocation.
	 */
	private final Set<UUID> untimed = ConcurrentHashMap.newKeySet();

	private volatile LongConsumer lag = (millis) -> {
	};

	RevocationList(RevocationRepository revocations, NotificationChannel notifications, AuthProperties properties,
			Clock clock) {
		this.revocations = revocations;
		this.notifications = notifications;
		this.clock = clock;
		this.age = properties.accessTokenLifetime().plus(MARGIN);
		this.revoked.putAll(revocations.revokedWithin(this.age));
		notifications.listen(CHANNEL, this);
	}

	/** Returns how long a session stays on the list. */
	Duration age() {
		return this.age;
	}

	/**
	 * Sets the callback for the milliseconds from a session's revocation to the refusal
	 * of its tokens.
	 */
	void onLag(LongConsumer millis) {
		this.lag = millis;
	}

	/** Returns the number of sessions on the list. */
	int size() {
		return this.revoked.size();
	}

	/**
	 * Returns whether a session is revoked, as far as this instance knows.
	 * @param session the session
	 * @return whether its access tokens are refused
	 */
	public boolean contains(UUID session) {
		return this.revoked.containsKey(session);
	}

	/**
	 * Revokes the tokens of sessions on all instances; in a transaction, from its commit
	 * on.
	 */
	public void add(Collection<UUID> ended) {
		if (ended.isEmpty()) {
			return;
		}
		Instant now = this.clock.instant();
		Map<UUID, Instant> times = ended.stream().collect(Collectors.toMap((session) -> session, (session) -> now));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					addAll(times);
				}

			});
		}
		else {
			addAll(times);
		}
		publish(List.copyOf(ended));
	}

	private void publish(List<UUID> ended) {
		for (int i = 0; i < ended.size(); i += BATCH_SIZE) {
			this.notifications.publish(CHANNEL,
					ended.subList(i, Math.min(i + BATCH_SIZE, ended.size()))
						.stream()
						.map(UUID::toString)
						.collect(Collectors.joining(",")));
		}
	}

	@Override
	public void notified(String payload) {
		Instant now = this.clock.instant();
		Map<UUID, Instant> ended = Arrays.stream(payload.split(","))
			.filter((text) -> SESSION.matcher(text).matches())
			.map(UUID::fromString)
			.filter((session) -> !this.revoked.containsKey(session))
			.distinct()
			.collect(Collectors.toMap((session) -> session, (session) -> now));
		this.untimed.addAll(ended.keySet());
		addAll(ended);
	}

	@Override
	public void connected(Set<String> channels) {
		refresh();
	}

	@Scheduled(fixedDelay = 2_000)
	void refresh() {
		try {
			Map<UUID, Instant> found = Deadline.call(READ_TIMEOUT, () -> this.revocations.revokedWithin(this.age));
			measure(found);
			addAll(found);
		}
		catch (DataAccessException | TransactionException | DeadlineExceededException ex) {
			// Without the database no session can be opened either. The next run catches
			// up.
			logger.debug("The revoked sessions could not be read", ex);
		}
		Instant evictBefore = this.clock.instant().minus(this.age);
		this.revoked.values().removeIf((revokedAt) -> revokedAt.isBefore(evictBefore));
		this.untimed.removeIf((session) -> !this.revoked.containsKey(session));
	}

	/** Records the lag of revocations by other instances. */
	private void measure(Map<UUID, Instant> found) {
		Instant now = this.clock.instant();
		found.forEach((session, revokedAt) -> {
			Instant refusedAt = this.untimed.remove(session) ? this.revoked.get(session)
					: (this.revoked.containsKey(session) ? null : now);
			if (refusedAt != null) {
				this.lag.accept(Math.max(0, Duration.between(revokedAt, refusedAt).toMillis()));
			}
		});
	}

	private void addAll(Map<UUID, Instant> sessionsAndTimes) {
		sessionsAndTimes.forEach(this.revoked::putIfAbsent);
	}

}
