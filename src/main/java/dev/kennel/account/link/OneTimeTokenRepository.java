package dev.kennel.account.link;

import java.security.MessageDigest;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.OneTimeToken;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores one-time tokens: at most one per account and purpose. */
@Repository
public class OneTimeTokenRepository {

	private final JdbcClient jdbc;

	OneTimeTokenRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Issues a token; it invalidates the previous one. */
	public OneTimeToken issue(AccountId account, TokenPurpose purpose) {
		OneTimeToken token = OneTimeToken.generate(account);
		this.jdbc
			.sql("INSERT INTO one_time_tokens (user_id, purpose, token_hash, expires_at) "
					+ "VALUES (?, ?, ?, clock_timestamp() + make_interval(secs => ?)) "
					+ "ON CONFLICT (user_id, purpose) DO UPDATE "
					+ "SET token_hash = excluded.token_hash, expires_at = excluded.expires_at")
			.params(account.value(), purpose.name(), token.hash(), purpose.lifetime().toSeconds())
			.update();
		return token;
	}

	/**
	 * Returns whether a token is valid. In a transaction that has locked the account, it
	 * stays so until the end of the transaction.
	 */
	public boolean isValid(OneTimeToken token, TokenPurpose purpose) {
		return this.jdbc
			.sql("SELECT token_hash FROM one_time_tokens "
					+ "WHERE user_id = ? AND purpose = ? AND expires_at > clock_timestamp()")
			.params(token.account().value(), purpose.name())
			.query((row, number) -> row.getBytes(1))
			.optional()
			.filter((hash) -> MessageDigest.isEqual(hash, token.hash()))
			.isPresent();
	}

	/** Removes an account's token. */
	public void remove(AccountId account, TokenPurpose purpose) {
		this.jdbc.sql("DELETE FROM one_time_tokens WHERE user_id = ? AND purpose = ?")
			.params(account.value(), purpose.name())
			.update();
	}

}
