package dev.kennel.session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Removes expired sessions, and revocations whose access tokens have expired.
 */
@Component
class SessionCleaner {

	private static final Logger logger = LoggerFactory.getLogger(SessionCleaner.class);

	private final SessionRepository sessions;

	private final RevocationList revoked;

	SessionCleaner(SessionRepository sessions, RevocationList revoked) {
		this.sessions = sessions;
		this.revoked = revoked;
	}

	@Scheduled(fixedDelay = 3_600_000, initialDelay = 60_000)
	void clean() {
		try {
			this.sessions.clean(this.revoked.age().multipliedBy(2));
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Old sessions could not be removed", ex);
		}
	}

}
