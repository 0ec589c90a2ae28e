package dev.kennel.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.ColumnReader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.IpAddress;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keeps sessions. Time is the store's, so that all instances agree on it. */
@Repository
class SessionRepository {

	private static final String COLUMNS = "id, user_agent, ip_address, created_at, last_used_at, expires_at, "
			+ "coalesce(authenticated_at, created_at)";

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	SessionRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	Session insert(RefreshToken token, Client client, Instant createdAt, Instant expiresAt, Instant endsAt) {
		return this.jdbc
			.sql("INSERT INTO sessions (user_id, id, user_agent, ip_address, created_at, last_used_at, expires_at, "
					+ "ends_at, family_hash, token_hash, authenticated_at) "
					+ "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp()) RETURNING " + COLUMNS)
			.params(token.account().value(), token.session())
			.param(client.userAgent())
			.params(client.address(), Timestamp.from(createdAt), Timestamp.from(createdAt), Timestamp.from(expiresAt),
					Timestamp.from(endsAt), token.familyHash(), token.hash())
			.query((row, number) -> session(row))
			.single();
	}

	/** Finds the session of a token, and keeps others from changing it meanwhile. */
	@Nullable SessionRow lock(RefreshToken token) {
		return this.jdbc
			.sql("SELECT " + COLUMNS + ", ends_at, family_hash, token_hash, replaced_hash, replaced_at, "
					+ "sealed_successor, clock_timestamp() FROM sessions WHERE user_id = ? AND id = ? FOR UPDATE")
			.params(token.account().value(), token.session())
			.query((row, number) -> new SessionRow(session(row), ColumnReader.moment(row, 8), row.getBytes(9), row.getBytes(10),
					row.getBytes(11), ColumnReader.momentOrNull(row, 12), row.getBytes(13), ColumnReader.moment(row, 14)))
			.optional()
			.orElse(null);
	}

	Session rotate(RefreshToken used, RefreshToken successor, Client client, OffsetDateTime now,
			OffsetDateTime expiresAt) {
		return this.jdbc
			.sql("UPDATE sessions SET token_hash = ?, replaced_hash = ?, replaced_at = ?, sealed_successor = ?, "
					+ "user_agent = ?, ip_address = ?, last_used_at = ?, expires_at = ? "
					+ "WHERE user_id = ? AND id = ? RETURNING " + COLUMNS)
			.params(successor.hash(), used.hash(), now, used.seal(successor))
			.param(client.userAgent())
			.params(client.address(), now, expiresAt, used.account().value(), used.session())
			.query((row, number) -> session(row))
			.single();
	}

	List<Session> findAll(AccountId account) {
		return this.jdbc
			.sql("SELECT " + COLUMNS + " FROM sessions WHERE user_id = ? AND expires_at > clock_timestamp() "
					+ "ORDER BY last_used_at DESC, id DESC")
			.param(account.value())
			.query((row, number) -> session(row))
			.list();
	}

	/** Writes down that a session has given the password. */
	void reauthenticated(AccountId account, UUID session) {
		this.jdbc.sql("UPDATE sessions SET authenticated_at = clock_timestamp() WHERE user_id = ? AND id = ?")
			.params(account.value(), session)
			.update();
	}

	/** Returns whether a session has logged in, or given the password, within a time. */
	boolean isAuthenticatedWithin(AccountId account, UUID session, Duration age) {
		return this.jdbc
			.sql("SELECT EXISTS (SELECT FROM sessions WHERE user_id = ? AND id = ? "
					+ "AND coalesce(authenticated_at, created_at) > clock_timestamp() - make_interval(secs => ?))")
			.params(account.value(), session, age.toSeconds())
			.query(Boolean.class)
			.single();
	}

	/** Ends a session. */
	RevocationResult revoke(AccountId account, UUID session) {
		return revoke("user_id = ? AND id = ?", account.value(), session);
	}

	/** Ends all sessions of an account but one. */
	RevocationResult revokeOthers(AccountId account, UUID session) {
		return revoke("user_id = ? AND id <> ?", account.value(), session);
	}

	/** Ends all sessions of an account. */
	RevocationResult revokeAll(AccountId account) {
		return revoke("user_id = ?", account.value());
	}

	/**
	 * Ends the sessions of an account that are too many: the ones not used for longest.
	 */
	RevocationResult revokeExcess(AccountId account, int most) {
		return revoke("user_id = ? AND id IN (SELECT id FROM sessions WHERE user_id = ? "
				+ "ORDER BY last_used_at DESC, id DESC OFFSET ?)", account.value(), account.value(), most);
	}

	private RevocationResult revoke(String condition, Object... parameters) {
		List<UUID> alive = new ArrayList<>();
		List<UUID> all = new ArrayList<>();
		this.jdbc
			.sql("WITH ended AS (DELETE FROM sessions WHERE " + condition + " RETURNING user_id, id, expires_at), "
					+ "noted AS (INSERT INTO session_revocations (user_id, session_id, revoked_at) "
					+ "SELECT user_id, id, clock_timestamp() FROM ended) "
					+ "SELECT id, expires_at > clock_timestamp() FROM ended")
			.params(parameters)
			.query((row) -> {
				UUID session = row.getObject(1, UUID.class);
				all.add(session);
				if (row.getBoolean(2)) {
					alive.add(session);
				}
			});
		return new RevocationResult(alive, all);
	}

	/** The sessions of all accounts that were revoked less than so long ago. */
	Map<UUID, Instant> revokedWithin(Duration age) {
		Map<UUID, Instant> revoked = new HashMap<>();
		this.jdbc
			.sql("SELECT session_id, revoked_at FROM session_revocations "
					+ "WHERE revoked_at > clock_timestamp() - make_interval(secs => ?)")
			.param(age.toSeconds())
			.query((row) -> {
				revoked.put(row.getObject(1, UUID.class), ColumnReader.moment(row, 2).toInstant());
			});
		return revoked;
	}

	/**
	 * Notes when sessions were used, unless that is noted for less than so long before.
	 */
	void used(Map<Caller, Instant> uses, Duration interval) {
		// In one order, so that instances that do the same do not lock each other out.
		List<Object[]> rows = uses.entrySet()
			.stream()
			.sorted(Comparator.comparing((Map.Entry<Caller, Instant> use) -> use.getKey().session()))
			.map((use) -> new Object[] { Timestamp.from(use.getValue()), use.getKey().account().value(),
					use.getKey().session(), Timestamp.from(use.getValue()), interval.toSeconds() })
			.toList();
		this.batches.batchUpdate("UPDATE sessions SET last_used_at = ? WHERE user_id = ? AND id = ? "
				+ "AND last_used_at <= ?::timestamptz - make_interval(secs => ?)", rows);
	}

	/** Removes what is of no use to anybody any more. */
	void clean(Duration revocations) {
		this.jdbc.sql("DELETE FROM sessions WHERE expires_at < clock_timestamp()").update();
		this.jdbc.sql("DELETE FROM session_revocations WHERE revoked_at < clock_timestamp() - make_interval(secs => ?)")
			.param(revocations.toSeconds())
			.update();
	}

	private static Session session(ResultSet row) throws SQLException {
		String address = row.getString(3);
		return new Session(NodeKind.SESSION.id(row.getObject(1, UUID.class)), row.getString(2),
				// Earlier versions have stored it with all its zeros.
				(address != null) ? IpAddress.canonical(address) : null, ColumnReader.moment(row, 4), ColumnReader.moment(row, 5),
				ColumnReader.moment(row, 6), ColumnReader.moment(row, 7));
	}

}
