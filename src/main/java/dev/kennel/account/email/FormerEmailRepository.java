package dev.kennel.account.email;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.Mailbox;
import dev.kennel.secret.OneTimeToken;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores the verified address that an account had before its current one: at most one.
 * Writes require that the account's row is locked.
 */
@Repository
public class FormerEmailRepository {

	/** How long a change of the address can be undone. */
	static final Duration RECOVERABLE = Duration.ofDays(7);

	private static final String NOT_EXPIRED = "(recoverable_until IS NULL OR recoverable_until > clock_timestamp())";

	private static final String SELECT = "SELECT user_id, email, verified_at FROM former_emails WHERE " + NOT_EXPIRED;

	private final JdbcClient jdbc;

	FormerEmailRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Former addresses are deleted when the change can't be undone any more. */
	@Bean
	static RetentionPolicy formerEmailRetention() {
		return new RetentionPolicy("former_emails", "recoverable_until", Duration.ZERO);
	}

	/**
	 * Stores a verified address that is being replaced; overwrites an expired one.
	 */
	void put(AccountId account, String email, Instant verifiedAt) {
		this.jdbc
			.sql("INSERT INTO former_emails (user_id, email, email_key, verified_at) VALUES (?, ?, ?, ?) "
					+ "ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, email_key = excluded.email_key, "
					+ "verified_at = excluded.verified_at, recoverable_until = NULL, token_hash = NULL")
			.params(account.value(), email, Mailbox.key(email), Timestamp.from(verifiedAt))
			.update();
	}

	/**
	 * Returns the former address that is still authoritative, or null if there is none.
	 */
	public @Nullable FormerEmail find(AccountId account) {
		return this.jdbc.sql(SELECT + " AND user_id = ?")
			.param(account.value())
			.query((row, number) -> read(row))
			.optional()
			.orElse(null);
	}

	/**
	 * Returns the account whose former address this is, in any spelling, while it is
	 * authoritative.
	 */
	public @Nullable AccountId findByEmail(String email) {
		return this.jdbc
			.sql("SELECT user_id FROM former_emails WHERE " + NOT_EXPIRED + " AND email_key = ANY (?) LIMIT 1")
			.param(keys(email))
			.query((row, number) -> new AccountId(row.getObject(1, UUID.class)))
			.optional()
			.orElse(null);
	}

	/**
	 * Returns whether another account can still restore an address, or has it in a
	 * spelling that the unique index of {@code users} does not recognise. The result is
	 * reliable once the address was written to {@code users}: the unique index waits for
	 * a transaction that gives the address up.
	 */
	boolean isReserved(String email, @Nullable AccountId account) {
		UUID own = (account != null) ? account.value() : null;
		return this.jdbc
			.sql("SELECT EXISTS (SELECT 1 FROM former_emails WHERE " + NOT_EXPIRED + " AND email_key = ANY (?) "
					+ "AND user_id IS DISTINCT FROM ?::uuid) OR EXISTS (SELECT 1 FROM users WHERE email_key = ANY (?) "
					+ "AND id IS DISTINCT FROM ?::uuid)")
			.param(keys(email))
			.param(own)
			.param(keys(email))
			.param(own)
			.query(Boolean.class)
			.single();
	}

	/** Starts the period in which the replacement of the address can be undone. */
	void startRecovery(FormerEmail former) {
		this.jdbc
			.sql("UPDATE former_emails SET recoverable_until = statement_timestamp() + make_interval(secs => ?) "
					+ "WHERE user_id = ?")
			.params(RECOVERABLE.toSeconds(), former.account().value())
			.update();
	}

	/**
	 * Generates the token that undoes the replacement of the address; it invalidates an
	 * older one.
	 */
	OneTimeToken issueToken(FormerEmail former) {
		OneTimeToken token = OneTimeToken.generate(former.account());
		this.jdbc.sql("UPDATE former_emails SET token_hash = ? WHERE user_id = ?")
			.params(token.hash(), former.account().value())
			.update();
		return token;
	}

	/** Returns the address whose replacement a token undoes, or null if there is none. */
	@Nullable FormerEmail findByToken(OneTimeToken token) {
		return this.jdbc.sql(SELECT + " AND user_id = ? AND token_hash = ?")
			.params(token.account().value(), token.hash())
			.query((row, number) -> read(row))
			.optional()
			.orElse(null);
	}

	void remove(AccountId account) {
		this.jdbc.sql("DELETE FROM former_emails WHERE user_id = ?").param(account.value()).update();
	}

	private static String[] keys(String email) {
		return Mailbox.keys(email).toArray(String[]::new);
	}

	private static FormerEmail read(ResultSet row) throws SQLException {
		return new FormerEmail(new AccountId(row.getObject(1, UUID.class)), row.getString(2),
				ColumnReader.timestamp(row, 3).toInstant());
	}

}
