package dev.kennel.session;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Expired sessions are deleted. */
@Component
class SessionRetention extends RetentionPolicy {

	SessionRetention() {
		super("sessions", "expires_at", Duration.ZERO);
	}

}
