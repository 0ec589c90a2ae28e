package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.kennel.identity.Caller;
import jakarta.annotation.PreDestroy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Records when sessions were last used: at most once a minute per session, and in the
 * background.
 */
@Component
class SessionActivityRecorder {

	private static final Logger logger = LoggerFactory.getLogger(SessionActivityRecorder.class);

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private final SessionRepository sessions;

	private final Clock clock;

	private final Map<UUID, Instant> recentUses = new ConcurrentHashMap<>();

	private final Map<Caller, Instant> pending = new ConcurrentHashMap<>();

	SessionActivityRecorder(SessionRepository sessions, Clock clock) {
		this.sessions = sessions;
		this.clock = clock;
	}

	/** Records a use of a session. */
	void recordUse(Caller caller) {
		if (this.recentUses.containsKey(caller.session())) {
			return;
		}
		Instant now = this.clock.instant();
		if (this.recentUses.putIfAbsent(caller.session(), now) == null) {
			this.pending.put(caller, now);
		}
	}

	@Scheduled(fixedDelay = 2_000)
	@PreDestroy
	void write() {
		Instant old = this.clock.instant().minus(INTERVAL);
		this.recentUses.values().removeIf((last) -> !last.isAfter(old));
		Map<Caller, Instant> uses = new HashMap<>(this.pending);
		if (!uses.isEmpty()) {
			uses.forEach(this.pending::remove);
			try {
				this.sessions.recordUses(uses, INTERVAL);
			}
			catch (DataAccessException | TransactionException ex) {
				logger.debug("The last use of {} sessions could not be recorded", uses.size(), ex);
			}
		}
	}

}
