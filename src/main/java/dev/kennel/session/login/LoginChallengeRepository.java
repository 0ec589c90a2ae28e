package dev.kennel.session.login;

import java.time.Duration;
import java.time.OffsetDateTime;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.secret.OneTimeToken;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the challenges of log-ins. */
@Repository
class LoginChallengeRepository {

	private static final Duration LIFETIME = Duration.ofMinutes(5);

	/** The wrong guesses that end a challenge. */
	private static final int MAX_FAILURES = 5;

	private static final String VALID = "user_id = ? AND token_hash = ? AND expires_at > clock_timestamp()";

	private final JdbcClient jdbc;

	LoginChallengeRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Expired challenges are deleted. */
	@Bean
	static RetentionPolicy loginChallengeRetention() {
		return new RetentionPolicy("login_challenges", "expires_at", Duration.ZERO);
	}

	/**
	 * What a log-in has proved before its second factor: the password or, by a mail, the
	 * address.
	 *
	 * @param passwordFingerprint the fingerprint of the account's password
	 * @param emailFingerprint the fingerprint of a log-in by mail; null if the password
	 * was given
	 */
	@SuppressWarnings("ArrayRecordComponent") // Rows are not compared.
	record FirstProof(String passwordFingerprint, byte @Nullable [] emailFingerprint) {
	}

	/**
	 * Stores a challenge.
	 * @return when it expires
	 */
	OffsetDateTime insert(OneTimeToken token, FirstProof proof) {
		return this.jdbc.sql(
				"INSERT INTO login_challenges (user_id, token_hash, password_fingerprint, email_fingerprint, failures, "
						+ "expires_at) VALUES (?, ?, ?, ?, 0, clock_timestamp() + make_interval(secs => ?)) "
						+ "RETURNING expires_at")
			.params(token.account().value(), token.hash(), proof.passwordFingerprint())
			.param(proof.emailFingerprint())
			.param(LIFETIME.toSeconds())
			.query((row, number) -> ColumnReader.timestamp(row, 1))
			.single();
	}

	/** Returns what a valid challenge has proved before, or null. */
	@Nullable FirstProof find(OneTimeToken token) {
		return find(token, "");
	}

	/**
	 * Does the same, and locks the challenge until the end of the transaction.
	 */
	@Nullable FirstProof lock(OneTimeToken token) {
		return find(token, " FOR UPDATE");
	}

	private @Nullable FirstProof find(OneTimeToken token, String lock) {
		return this.jdbc
			.sql("SELECT password_fingerprint, email_fingerprint FROM login_challenges WHERE " + VALID + lock)
			.params(token.account().value(), token.hash())
			.query((row, number) -> new FirstProof(row.getString(1), row.getBytes(2)))
			.optional()
			.orElse(null);
	}

	/** Counts a wrong guess at a locked challenge, which the fifth one ends. */
	void fail(OneTimeToken token) {
		this.jdbc.sql("UPDATE login_challenges SET failures = failures + 1 WHERE user_id = ? AND token_hash = ?")
			.params(token.account().value(), token.hash())
			.update();
		this.jdbc.sql("DELETE FROM login_challenges WHERE user_id = ? AND token_hash = ? AND failures >= ?")
			.params(token.account().value(), token.hash(), MAX_FAILURES)
			.update();
	}

	void remove(OneTimeToken token) {
		this.jdbc.sql("DELETE FROM login_challenges WHERE user_id = ? AND token_hash = ?")
			.params(token.account().value(), token.hash())
			.update();
	}

}
