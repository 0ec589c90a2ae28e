package dev.kennel.factor;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores second factors. */
@Repository
class SecondFactorRepository {

	private final JdbcClient jdbc;

	SecondFactorRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Secrets of one-time codes that were not confirmed in time are deleted. */
	@Bean
	static RetentionPolicy totpSecretRetention() {
		return new RetentionPolicy("totp_secrets", "expires_at", Duration.ZERO);
	}

	/**
	 * A stored secret of one-time codes.
	 *
	 * @param account the account
	 * @param secret the encrypted secret
	 * @param lastStep the last step whose code was used
	 */
	record TotpSecret(AccountId account, SealedSecret secret, long lastStep) {
	}

	@Nullable SecondFactor find(AccountId account) {
		return this.jdbc
			.sql("SELECT f.confirmed_at, f.policy, f.trust_id, "
					+ "(SELECT count(*) FROM recovery_codes r WHERE r.user_id = f.user_id), "
					+ "EXISTS (SELECT FROM totp_secrets t WHERE t.user_id = f.user_id AND t.confirmed) "
					+ "FROM second_factors f WHERE f.user_id = ?")
			.param(account.value())
			.query((row, number) -> {
				int codes = row.getInt(4);
				List<FactorKind> kinds = new ArrayList<>();
				if (row.getBoolean(5)) {
					kinds.add(FactorKind.TOTP);
				}
				if (codes > 0) {
					kinds.add(FactorKind.RECOVERY_CODE);
				}
				return new SecondFactor(kinds, ColumnReader.timestamp(row, 1), codes,
						SecondFactorPolicy.valueOf(row.getString(2)), row.getObject(3, UUID.class));
			})
			.optional()
			.orElse(null);
	}

	/**
	 * Stores a secret that is yet to be confirmed, in place of an earlier one.
	 * @return when it expires
	 */
	OffsetDateTime begin(AccountId account, SealedSecret secret, Duration lifetime) {
		return this.jdbc
			.sql("INSERT INTO totp_secrets (user_id, confirmed, key_id, sealed_secret, last_step, expires_at) "
					+ "VALUES (?, false, ?, ?, 0, clock_timestamp() + make_interval(secs => ?)) "
					+ "ON CONFLICT (user_id, confirmed) DO UPDATE SET key_id = excluded.key_id, "
					+ "sealed_secret = excluded.sealed_secret, expires_at = excluded.expires_at RETURNING expires_at")
			.params(account.value(), secret.keyId(), secret.bytes(), lifetime.toSeconds())
			.query((row, number) -> ColumnReader.timestamp(row, 1))
			.single();
	}

	/**
	 * Finds a secret that has not expired, and locks its row until the end of the
	 * transaction.
	 */
	@Nullable TotpSecret lockSecret(AccountId account, boolean confirmed) {
		return this.jdbc
			.sql("SELECT key_id, sealed_secret, last_step FROM totp_secrets WHERE user_id = ? AND confirmed = ? "
					+ "AND (expires_at IS NULL OR expires_at > clock_timestamp()) FOR UPDATE")
			.params(account.value(), confirmed)
			.query((row, number) -> new TotpSecret(account, new SealedSecret(row.getString(1), row.getBytes(2)),
					row.getLong(3)))
			.optional()
			.orElse(null);
	}

	/** Makes the locked unconfirmed secret the confirmed one. */
	void confirmSecret(AccountId account, long step) {
		this.jdbc.sql("DELETE FROM totp_secrets WHERE user_id = ? AND confirmed").param(account.value()).update();
		this.jdbc
			.sql("UPDATE totp_secrets SET confirmed = true, last_step = ?, expires_at = NULL "
					+ "WHERE user_id = ? AND NOT confirmed")
			.params(step, account.value())
			.update();
	}

	/** Records that the code of a step of the locked secret was used. */
	void useStep(AccountId account, long step) {
		this.jdbc.sql("UPDATE totp_secrets SET last_step = ? WHERE user_id = ? AND confirmed")
			.params(step, account.value())
			.update();
	}

	/**
	 * Makes log-ins of an account need a second factor. Ends the trust in its devices.
	 */
	void enable(AccountId account) {
		this.jdbc
			.sql("INSERT INTO second_factors (user_id, policy, trust_id, confirmed_at) "
					+ "VALUES (?, ?, ?, clock_timestamp()) ON CONFLICT (user_id) DO UPDATE "
					+ "SET trust_id = excluded.trust_id, confirmed_at = excluded.confirmed_at")
			.params(account.value(), SecondFactorPolicy.ALWAYS.name(), UUID.randomUUID())
			.update();
	}

	/** Sets the policy, and ends the trust in all devices. */
	void setPolicy(AccountId account, SecondFactorPolicy policy) {
		this.jdbc.sql("UPDATE second_factors SET policy = ?, trust_id = ? WHERE user_id = ?")
			.params(policy.name(), UUID.randomUUID(), account.value())
			.update();
	}

	/**
	 * Counts a wrong proof.
	 * @return the number since the last right one; 0 if the account has no second factor
	 */
	int countWrongProof(AccountId account) {
		return this.jdbc
			.sql("UPDATE second_factors SET wrong_proofs = wrong_proofs + 1 WHERE user_id = ? RETURNING wrong_proofs")
			.param(account.value())
			.query(Integer.class)
			.optional()
			.orElse(0);
	}

	/** Forgets wrong proofs, after a right one. */
	void forgetWrongProofs(AccountId account) {
		this.jdbc.sql("UPDATE second_factors SET wrong_proofs = 0 WHERE user_id = ? AND wrong_proofs > 0")
			.param(account.value())
			.update();
	}

	/**
	 * Locks the second factor of an account until the end of the transaction.
	 * @return whether it has one
	 */
	boolean lock(AccountId account) {
		return this.jdbc.sql("SELECT true FROM second_factors WHERE user_id = ? FOR UPDATE")
			.param(account.value())
			.query(Boolean.class)
			.optional()
			.isPresent();
	}

	/**
	 * Removes the second factor of an account, with all secrets and challenges.
	 * @return whether it had one
	 */
	boolean remove(AccountId account) {
		// One statement, which is done as a whole, also without a transaction.
		UUID id = account.value();
		return this.jdbc.sql("""
				WITH challenges AS (DELETE FROM login_challenges WHERE user_id = ?),
				secrets AS (DELETE FROM totp_secrets WHERE user_id = ?),
				codes AS (DELETE FROM recovery_codes WHERE user_id = ?)
				DELETE FROM second_factors WHERE user_id = ?""").params(id, id, id, id).update() > 0;
	}

	/**
	 * Removes all that proves an account besides its password: the second factor and the
	 * passkeys. Revokes its sessions, each of which may be an attacker's, who would add a
	 * passkey again. The account is locked, so that no such addition is under way.
	 * @return whether it had any
	 */
	boolean reset(AccountId account) {
		return this.jdbc.sql("""
				WITH challenges AS (DELETE FROM login_challenges WHERE user_id = :account),
				secrets AS (DELETE FROM totp_secrets WHERE user_id = :account),
				codes AS (DELETE FROM recovery_codes WHERE user_id = :account),
				factors AS (DELETE FROM second_factors WHERE user_id = :account RETURNING user_id),
				keys AS (DELETE FROM passkeys WHERE user_id = :account RETURNING user_id),
				ended AS (DELETE FROM sessions WHERE user_id = :account RETURNING user_id, id),
				noted AS (INSERT INTO session_revocations (user_id, session_id, revoked_at)
				          SELECT user_id, id, clock_timestamp() FROM ended)
				SELECT EXISTS (SELECT FROM factors) OR EXISTS (SELECT FROM keys)""")
			.param("account", account.value())
			.query(Boolean.class)
			.single();
	}

	/**
	 * Finds the account of a username, ignoring case, and locks it until the end of the
	 * transaction.
	 */
	@Nullable AccountId lockByUsernameKey(String key) {
		return this.jdbc.sql("SELECT id FROM users WHERE username_key = ? AND deleted_at IS NULL FOR NO KEY UPDATE")
			.param(key)
			.query((row, number) -> new AccountId(row.getObject(1, UUID.class)))
			.optional()
			.orElse(null);
	}

	/** Replaces the recovery codes of an account. */
	void replaceRecoveryCodes(AccountId account, List<byte[]> hashes) {
		this.jdbc.sql("DELETE FROM recovery_codes WHERE user_id = ?").param(account.value()).update();
		hashes.forEach((hash) -> this.jdbc.sql("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)")
			.params(account.value(), hash)
			.update());
	}

	/**
	 * Removes a recovery code.
	 * @return whether the account had it; of concurrent uses, one has
	 */
	boolean useRecoveryCode(AccountId account, byte[] hash) {
		return this.jdbc.sql("DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ?")
			.params(account.value(), hash)
			.update() > 0;
	}

	/**
	 * Returns secrets that are encrypted with other keys than the given one, in the order
	 * of their accounts.
	 * @param after the account after which they begin
	 */
	List<TotpSecret> findSealedWithOther(String keyId, AccountId after, int limit) {
		return this.jdbc
			.sql("SELECT user_id, key_id, sealed_secret, last_step FROM totp_secrets "
					+ "WHERE confirmed AND key_id <> ? AND user_id > ? ORDER BY user_id LIMIT ?")
			.params(keyId, after.value(), limit)
			.query((row, number) -> new TotpSecret(new AccountId(row.getObject(1, UUID.class)),
					new SealedSecret(row.getString(2), row.getBytes(3)), row.getLong(4)))
			.list();
	}

	/** Replaces a sealed secret, unless it has changed since it was read. */
	void reseal(AccountId account, SealedSecret old, SealedSecret replacement) {
		this.jdbc
			.sql("UPDATE totp_secrets SET key_id = ?, sealed_secret = ? "
					+ "WHERE user_id = ? AND confirmed AND sealed_secret = ?")
			.params(replacement.keyId(), replacement.bytes(), account.value(), old.bytes())
			.update();
	}

}
