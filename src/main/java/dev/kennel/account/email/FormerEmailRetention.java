package dev.kennel.account.email;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Former addresses are deleted when the change can't be undone any more. */
@Component
class FormerEmailRetention extends RetentionPolicy {

	FormerEmailRetention() {
		super("former_emails", "recoverable_until", Duration.ZERO);
	}

}
