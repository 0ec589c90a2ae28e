package dev.kennel.session.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.sql.ColumnReader;

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
