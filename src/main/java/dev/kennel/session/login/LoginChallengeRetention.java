package dev.kennel.session.login;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Expired challenges of log-ins are deleted. */
@Component
class LoginChallengeRetention extends RetentionPolicy {

	LoginChallengeRetention() {
		super("login_challenges", "expires_at", Duration.ZERO);
	}

}
