package dev.kennel.session;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.database.Rows;
import dev.kennel.graphql.Caller;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keeps sessions. */
@Repository
class SessionRepository {

	private final JdbcClient jdbc;

	SessionRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void insert(AccountId account, UUID session, Instant createdAt, Instant expiresAt) {
		this.jdbc.sql("INSERT INTO sessions (user_id, id, created_at, expires_at) VALUES (?, ?, ?, ?)")
			.params(account.value(), session, Timestamp.from(createdAt), Timestamp.from(expiresAt))
			.update();
	}

	void revoke(Caller caller) {
		this.jdbc
			.sql("UPDATE sessions SET revoked_at = clock_timestamp() "
					+ "WHERE user_id = ? AND id = ? AND revoked_at IS NULL")
			.params(caller.account().value(), caller.session())
			.update();
	}

	/** The sessions that were revoked less than so long ago, of all accounts. */
	Map<UUID, Instant> revokedWithin(Duration age) {
		Map<UUID, Instant> revoked = new HashMap<>();
		this.jdbc
			.sql("SELECT id, revoked_at FROM sessions WHERE revoked_at > clock_timestamp() - make_interval(secs => ?)")
			.param(age.toSeconds())
			.query((row) -> {
				revoked.put(row.getObject(1, UUID.class), Rows.moment(row, 2).toInstant());
			});
		return revoked;
	}

}
