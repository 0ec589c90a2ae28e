package dev.kennel.emaillogin;

import java.sql.Timestamp;
import java.time.Duration;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores log-ins by mail: at most one per account. */
@Repository
class EmailLoginRepository {

	/** The codes that may be tried; the log-in ends with the last of them. */
	private static final int MAX_ATTEMPTS = 5;

	/** The attempts of a finished log-in. With none, the last code may still be right. */
	private static final int FINISHED = -1;

	private static final String OPEN = "user_id = ? AND browser_hash = ? AND attempts_left > 0 "
			+ "AND expires_at > statement_timestamp()";

	private final JdbcClient jdbc;

	EmailLoginRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Log-ins by mail, finished or not, are deleted when they expire. */
	@Bean
	static RetentionPolicy emailLoginRetention() {
		return new RetentionPolicy("email_logins", "expires_at", Duration.ZERO);
	}

	/**
	 * The hashes of the code and the token of a mail.
	 *
	 * @param keyId the id of the key of the code's hash
	 * @param code the hash of the code
	 * @param token the hash of the link's token
	 */
	@SuppressWarnings("ArrayRecordComponent") // Rows are not compared.
	record Hashes(String keyId, byte[] code, byte[] token) {
	}

	/**
	 * Stores a log-in whose mail is about to be sent, in place of an earlier one. If the
	 * mail is sent once more, the attempts that were made count.
	 * @return whether it was stored: not if a later one was requested meanwhile, if it is
	 * finished, or all of its attempts have been made
	 */
	boolean put(AccountId account, byte[] browserHash, Hashes hashes, byte[] fingerprint, Timestamp expiresAt) {
		return this.jdbc
			.sql("INSERT INTO email_logins (user_id, browser_hash, code_key_id, code_hash, token_hash, fingerprint, "
					+ "attempts_left, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE "
					+ "SET browser_hash = excluded.browser_hash, code_key_id = excluded.code_key_id, "
					+ "code_hash = excluded.code_hash, token_hash = excluded.token_hash, "
					+ "fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, "
					+ "attempts_left = CASE WHEN email_logins.browser_hash = excluded.browser_hash "
					+ "THEN email_logins.attempts_left ELSE excluded.attempts_left END "
					+ "WHERE email_logins.expires_at <= excluded.expires_at "
					+ "AND (email_logins.browser_hash <> excluded.browser_hash OR email_logins.attempts_left > 0)")
			.params(account.value(), browserHash, hashes.keyId(), hashes.code(), hashes.token(), fingerprint,
					MAX_ATTEMPTS, expiresAt)
			.update() == 1;
	}

	/**
	 * Takes one of the attempts at the code of an open log-in, before the code is
	 * compared: of concurrent attempts, no more than five are made. The caller opens a
	 * transaction for this alone.
	 * @return the hashes, or null if there is no open log-in of the browser
	 */
	@Nullable Hashes takeAttempt(AccountId account, byte[] browserHash) {
		// The transaction does not wait for the log to be written. That would take time
		// only if there is a log-in, and so tell whether the address has an account.
		this.jdbc.sql("SELECT set_config('synchronous_commit', 'off', true)").query(String.class).single();
		return this.jdbc
			.sql("UPDATE email_logins SET attempts_left = attempts_left - 1 WHERE " + OPEN
					+ " RETURNING code_key_id, code_hash, token_hash")
			.params(account.value(), browserHash)
			.query((row, number) -> new Hashes(row.getString(1), row.getBytes(2), row.getBytes(3)))
			.optional()
			.orElse(null);
	}

	/**
	 * Finishes a log-in whose code was right. Its row stays, so that a mail that is sent
	 * once more does not open it again.
	 * @param tokenHash the hash of the token of the same mail
	 * @return its fingerprint, or null if it has been finished or replaced meanwhile
	 */
	byte @Nullable [] finish(AccountId account, byte[] browserHash, byte[] tokenHash) {
		return finish("user_id = ? AND browser_hash = ? AND attempts_left <> " + FINISHED, account, browserHash,
				tokenHash);
	}

	/**
	 * Finishes the open log-in of a token.
	 * @return its fingerprint, or null if there is none
	 */
	byte @Nullable [] finishByToken(AccountId account, byte[] browserHash, byte[] tokenHash) {
		return finish(OPEN, account, browserHash, tokenHash);
	}

	private byte @Nullable [] finish(String condition, AccountId account, byte[] browserHash, byte[] tokenHash) {
		return this.jdbc
			.sql("UPDATE email_logins SET attempts_left = " + FINISHED + " WHERE " + condition
					+ " AND token_hash = ? RETURNING fingerprint")
			.params(account.value(), browserHash, tokenHash)
			.query((row, number) -> row.getBytes(1))
			.optional()
			.orElse(null);
	}

}
