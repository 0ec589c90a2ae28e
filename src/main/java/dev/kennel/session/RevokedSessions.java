package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The sessions whose tokens are refused although they have not expired: a short list,
 * since it forgets a session as soon as the last of its tokens has. A request costs no
 * statement. What another instance revokes is here within a second.
 */
@Component
class RevokedSessions {

	private static final Logger logger = LoggerFactory.getLogger(RevokedSessions.class);

	/**
	 * More than clocks are apart, and more than a transaction takes that has set the time
	 * but is yet to commit.
	 */
	private static final Duration MARGIN = Duration.ofMinutes(2);

	private final SessionRepository sessions;

	private final Clock clock;

	private final Duration age;

	private final Map<UUID, Instant> revoked = new ConcurrentHashMap<>();

	RevokedSessions(SessionRepository sessions, AuthProperties properties, Clock clock) {
		this.sessions = sessions;
		this.clock = clock;
		this.age = properties.accessTokenLifetime().plus(MARGIN);
		this.revoked.putAll(sessions.revokedWithin(this.age));
	}

	boolean contains(UUID session) {
		return this.revoked.containsKey(session);
	}

	/** Refuses a session's tokens from now on, on this instance. */
	void add(UUID session) {
		this.revoked.put(session, this.clock.instant());
	}

	@Scheduled(fixedDelay = 500)
	void refresh() {
		try {
			this.revoked.putAll(this.sessions.revokedWithin(this.age));
			Instant forgotten = this.clock.instant().minus(this.age);
			this.revoked.values().removeIf((revokedAt) -> revokedAt.isBefore(forgotten));
		}
		catch (DataAccessException | TransactionException ex) {
			// Without the database nobody can be let in anew either. The next run catches
			// up.
			logger.debug("The revoked sessions could not be read", ex);
		}
	}

}
