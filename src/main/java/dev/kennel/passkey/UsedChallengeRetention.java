package dev.kennel.passkey;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/**
 * The uses of challenges are deleted once the challenges have expired by the clocks of
 * all instances, which may be an hour behind.
 */
@Component
class UsedChallengeRetention extends RetentionPolicy {

	UsedChallengeRetention() {
		super("used_passkey_challenges", "expires_at", Duration.ofHours(1));
	}

}
