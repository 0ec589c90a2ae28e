package dev.kennel.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.IpAddress;
import dev.kennel.identity.NodeKind;
import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores sessions. Times are those of the database clock, which all instances share. */
@Repository
class SessionRepository {

	private static final String COLUMNS = "id, user_agent, ip_address, created_at, last_used_at, expires_at, "
			+ "coalesce(authenticated_at, created_at), array_to_string(coalesce(amr, '{pwd}'), ' ')";

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	SessionRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	/** Expired sessions are deleted. */
	@Bean
	static RetentionPolicy sessionRetention() {
		return new RetentionPolicy("sessions", "expires_at", Duration.ZERO);
	}

	Session insert(RefreshToken token, Client client, Collection<AuthenticationMethod> methods, Instant createdAt,
			Instant expiresAt, Instant absoluteExpiry) {
		return this.jdbc
			.sql("INSERT INTO sessions (user_id, id, user_agent, ip_address, created_at, last_used_at, expires_at, "
					+ "ends_at, family_hash, token_hash, authenticated_at, amr, second_factor_at) "
					+ "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(), string_to_array(?, ' '), "
					+ "CASE WHEN ? THEN clock_timestamp() END) RETURNING " + COLUMNS)
			.params(token.account().value(), token.session())
			.param(client.userAgent())
			.params(client.address(), Timestamp.from(createdAt), Timestamp.from(createdAt), Timestamp.from(expiresAt),
					Timestamp.from(absoluteExpiry), token.familyHash(), token.hash(),
					AuthenticationMethod.join(methods), methods.contains(AuthenticationMethod.MULTI_FACTOR))
			.query((row, number) -> session(row))
			.single();
	}

	/**
	 * Finds the session of a token, and locks its row until the end of the transaction.
	 */
	@Nullable SessionRow lock(RefreshToken token) {
		return this.jdbc
			.sql("SELECT " + COLUMNS + ", ends_at, family_hash, token_hash, replaced_hash, replaced_at, "
					+ "sealed_successor, clock_timestamp() FROM sessions WHERE user_id = ? AND id = ? FOR UPDATE")
			.params(token.account().value(), token.session())
			.query((row, number) -> new SessionRow(session(row), ColumnReader.timestamp(row, 9), row.getBytes(10),
					row.getBytes(11), row.getBytes(12), ColumnReader.timestampOrNull(row, 13), row.getBytes(14),
					ColumnReader.timestamp(row, 15)))
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

	/** Revokes a session. */
	RevocationResult revoke(AccountId account, UUID session) {
		return revoke("user_id = ? AND id = ?", account.value(), session);
	}

	/** Revokes all sessions of an account but one. */
	RevocationResult revokeOthers(AccountId account, UUID session) {
		return revoke("user_id = ? AND id <> ?", account.value(), session);
	}

	/** Revokes all sessions of an account but one that a mail has opened. */
	RevocationResult revokeOthersByEmail(AccountId account, UUID session) {
		return revoke("user_id = ? AND id <> ? AND 'email' = ANY (amr)", account.value(), session);
	}

	/** Revokes all sessions of an account. */
	RevocationResult revokeAll(AccountId account) {
		return revoke("user_id = ?", account.value());
	}

	/**
	 * Revokes the least recently used sessions of an account beyond the maximum.
	 */
	RevocationResult revokeExcess(AccountId account, int max) {
		return revoke("user_id = ? AND id IN (SELECT id FROM sessions WHERE user_id = ? "
				+ "ORDER BY last_used_at DESC, id DESC OFFSET ?)", account.value(), account.value(), max);
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

	/**
	 * Records when sessions were used, unless a use within the interval before is
	 * recorded.
	 */
	void recordUses(Map<Caller, Instant> uses, Duration interval) {
		// In key order, so that concurrent instances do not deadlock.
		List<Object[]> rows = uses.entrySet()
			.stream()
			.sorted(Comparator.comparing((Map.Entry<Caller, Instant> use) -> use.getKey().session()))
			.map((use) -> new Object[] { Timestamp.from(use.getValue()), use.getKey().account().value(),
					use.getKey().session(), Timestamp.from(use.getValue()), interval.toSeconds() })
			.toList();
		this.batches.batchUpdate("UPDATE sessions SET last_used_at = ? WHERE user_id = ? AND id = ? "
				+ "AND last_used_at <= ?::timestamptz - make_interval(secs => ?)", rows);
	}

	private static Session session(ResultSet row) throws SQLException {
		String address = row.getString(3);
		return new Session(NodeKind.SESSION.id(row.getObject(1, UUID.class)), row.getString(2),
				// Earlier versions stored IPv6 addresses uncompressed.
				(address != null) ? IpAddress.canonical(address) : null, ColumnReader.timestamp(row, 4),
				ColumnReader.timestamp(row, 5), ColumnReader.timestamp(row, 6), ColumnReader.timestamp(row, 7),
				List.of(row.getString(8).split(" ")));
	}

}
