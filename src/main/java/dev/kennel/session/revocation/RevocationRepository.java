package dev.kennel.session.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the revocations of sessions, which the statements that revoke have stored. All
 * times are those of the database clock, which all instances share.
 */
@Repository
class RevocationRepository {

	private final JdbcClient jdbc;

	RevocationRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Revocations are kept twice as long as the list in memory keeps them, when the last
	 * access token of the session has expired.
	 */
	@Bean
	static RetentionPolicy revocationRetention(RevocationList revoked) {
		return new RetentionPolicy("session_revocations", "revoked_at", revoked.age().multipliedBy(2));
	}

	/**
	 * Returns the sessions of all accounts that were revoked within the given age, with
	 * their times.
	 */
	Map<UUID, Instant> revokedWithin(Duration age) {
		Map<UUID, Instant> revoked = new HashMap<>();
		this.jdbc
			.sql("SELECT session_id, revoked_at FROM session_revocations "
					+ "WHERE revoked_at > clock_timestamp() - make_interval(secs => ?)")
			.param(age.toSeconds())
			.query((row) -> {
				revoked.put(row.getObject(1, UUID.class), ColumnReader.timestamp(row, 2).toInstant());
			});
		return revoked;
	}

}
