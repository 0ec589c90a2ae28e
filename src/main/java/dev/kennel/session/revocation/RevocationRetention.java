package dev.kennel.session.revocation;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.stereotype.Component;

/**
 * How long the revocations of sessions are kept: twice as long as the list in memory
 * keeps them, when the last access token of the session has expired.
 */
@Component
class RevocationRetention extends RetentionPolicy {

	RevocationRetention(RevocationList revoked) {
		super("session_revocations", "revoked_at", revoked.age().multipliedBy(2));
	}

}
