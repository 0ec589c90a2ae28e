package dev.kennel.factor;

import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/** Secrets of one-time codes that were not confirmed in time are deleted. */
@Component
class TotpSecretRetention extends RetentionPolicy {

	TotpSecretRetention() {
		super("totp_secrets", "expires_at", Duration.ZERO);
	}

}
