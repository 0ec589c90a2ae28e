package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

import dev.kennel.database.NotificationChannel;
import dev.kennel.database.NotificationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The sessions whose access tokens are refused although they have not expired: a short
 * list, since it forgets a session as soon as the last of its tokens has. A request costs
 * no statement. What another instance revokes is here at once by a notification, and
 * within two seconds without one.
 */
@Component
class RevocationList implements NotificationListener {

	private static final Logger logger = LoggerFactory.getLogger(RevocationList.class);

	private static final String CHANNEL = "kennel_sessions_revoked";

	/** So many ids fit into a notification. */
	private static final int BATCH = 200;

	/**
	 * More than clocks are apart, and more than a transaction takes that has set the time
	 * but is yet to commit.
	 */
	private static final Duration MARGIN = Duration.ofMinutes(2);

	private final SessionRepository sessions;

	private final NotificationChannel notifications;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	private final Duration age;

	private final Map<UUID, Instant> revoked = new ConcurrentHashMap<>();

	/** Those that were notified of, until the store says when they were ended. */
	private final Set<UUID> untimed = ConcurrentHashMap.newKeySet();

	private volatile LongConsumer lag = (millis) -> {
	};

	RevocationList(SessionRepository sessions, NotificationChannel notifications, ApplicationEventPublisher events,
			AuthProperties properties, Clock clock) {
		this.sessions = sessions;
		this.notifications = notifications;
		this.events = events;
		this.clock = clock;
		this.age = properties.accessTokenLifetime().plus(MARGIN);
		this.revoked.putAll(sessions.revokedWithin(this.age));
		notifications.listen(CHANNEL, this);
	}

	/** How long a session has to be on the list. */
	Duration age() {
		return this.age;
	}

	/** Is told how many milliseconds after its end a session's tokens are refused. */
	void onLag(LongConsumer millis) {
		this.lag = millis;
	}

	/** How many are on the list. */
	int size() {
		return this.revoked.size();
	}

	boolean contains(UUID session) {
		return this.revoked.containsKey(session);
	}

	/**
	 * Refuses the tokens of sessions from now on, here and on all other instances; in a
	 * transaction, from its commit on.
	 */
	void add(Collection<UUID> ended) {
		if (ended.isEmpty()) {
			return;
		}
		Instant now = this.clock.instant();
		Map<UUID, Instant> times = ended.stream().collect(Collectors.toMap((session) -> session, (session) -> now));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					remember(times);
				}

			});
		}
		else {
			remember(times);
		}
		publish(List.copyOf(ended));
	}

	private void publish(List<UUID> ended) {
		for (int i = 0; i < ended.size(); i += BATCH) {
			this.notifications.publish(CHANNEL,
					ended.subList(i, Math.min(i + BATCH, ended.size()))
						.stream()
						.map(UUID::toString)
						.collect(Collectors.joining(",")));
		}
	}

	@Override
	public void notified(String payload) {
		Instant now = this.clock.instant();
		Map<UUID, Instant> ended = Arrays.stream(payload.split(","))
			.map(UUID::fromString)
			.filter((session) -> !this.revoked.containsKey(session))
			.collect(Collectors.toMap((session) -> session, (session) -> now));
		this.untimed.addAll(ended.keySet());
		remember(ended);
	}

	@Override
	public void connected() {
		refresh();
	}

	@Scheduled(fixedDelay = 2_000)
	void refresh() {
		try {
			Map<UUID, Instant> found = this.sessions.revokedWithin(this.age);
			measure(found);
			remember(found);
		}
		catch (DataAccessException | TransactionException ex) {
			// Without the database nobody can be let in anew either. The next run catches
			// up.
			logger.debug("The revoked sessions could not be read", ex);
		}
		Instant forgotten = this.clock.instant().minus(this.age);
		this.revoked.values().removeIf((revokedAt) -> revokedAt.isBefore(forgotten));
		this.untimed.removeIf((session) -> !this.revoked.containsKey(session));
	}

	/** Of those that this instance has ended itself, there is nothing to measure. */
	private void measure(Map<UUID, Instant> found) {
		Instant now = this.clock.instant();
		found.forEach((session, revokedAt) -> {
			Instant refused = this.untimed.remove(session) ? this.revoked.get(session)
					: (this.revoked.containsKey(session) ? null : now);
			if (refused != null) {
				this.lag.accept(Math.max(0, Duration.between(revokedAt, refused).toMillis()));
			}
		});
	}

	private void remember(Map<UUID, Instant> sessionsAndTimes) {
		Set<UUID> added = new HashSet<>();
		sessionsAndTimes.forEach((session, revokedAt) -> {
			if (this.revoked.putIfAbsent(session, revokedAt) == null) {
				added.add(session);
			}
		});
		if (!added.isEmpty()) {
			this.events.publishEvent(new SessionsRevokedEvent(added));
		}
	}

}
