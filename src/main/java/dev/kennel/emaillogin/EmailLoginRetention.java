package dev.kennel.emaillogin;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Log-ins by mail, finished or not, are deleted when they expire. */
@Component
class EmailLoginRetention extends RetentionPolicy {

	EmailLoginRetention() {
		super("email_logins", "expires_at", Duration.ZERO);
	}

}
