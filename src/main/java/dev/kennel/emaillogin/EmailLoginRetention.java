package dev.kennel.emaillogin;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Log-ins by mail that were not finished in time are deleted. */
@Component
class EmailLoginRetention extends RetentionPolicy {

	EmailLoginRetention() {
		super("email_logins", "expires_at", Duration.ZERO);
	}

}
