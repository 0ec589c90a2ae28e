package dev.kennel.passkey;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores user handles, passkeys, and the hashes of answered challenges. */
@Repository
class PasskeyRepository {

	/** The length that WebAuthn recommends, and its maximum. */
	private static final int HANDLE_BYTES = 64;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final String COLUMNS = "id, name, created_at, last_used_at, backed_up";

	private final JdbcClient jdbc;

	PasskeyRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * The uses of challenges are deleted once the challenges have expired by the clocks
	 * of all instances, which may be an hour behind.
	 */
	@Bean
	static RetentionPolicy usedChallengeRetention() {
		return new RetentionPolicy("used_passkey_challenges", "expires_at", Duration.ofHours(1));
	}

	/**
	 * Returns the user handle of a locked account, which it gets at its first call.
	 */
	byte[] handle(AccountId account) {
		byte[] present = this.jdbc.sql("SELECT passkey_handle FROM users WHERE id = ? AND passkey_handle IS NOT NULL")
			.param(account.value())
			.query((row, number) -> row.getBytes(1))
			.optional()
			.orElse(null);
		if (present != null) {
			return present;
		}
		byte[] handle = new byte[HANDLE_BYTES];
		RANDOM.nextBytes(handle);
		this.jdbc.sql("UPDATE users SET passkey_handle = ? WHERE id = ?").params(handle, account.value()).update();
		return handle;
	}

	/** Returns the account of a user handle, or null if there is none. */
	@Nullable AccountId findAccount(byte[] handle) {
		return this.jdbc.sql("SELECT id FROM users WHERE passkey_handle = ? AND deleted_at IS NULL")
			.param(handle)
			.query((row, number) -> new AccountId(row.getObject(1, UUID.class)))
			.optional()
			.orElse(null);
	}

	int count(AccountId account) {
		return this.jdbc.sql("SELECT count(*) FROM passkeys WHERE user_id = ?")
			.param(account.value())
			.query(Integer.class)
			.single();
	}

	/** Returns the passkeys of an account, oldest first. */
	List<Passkey> findAll(AccountId account) {
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM passkeys WHERE user_id = ? ORDER BY created_at, id")
			.param(account.value())
			.query((row, number) -> passkey(row))
			.list();
	}

	/** Returns the passkeys of an account as browsers know them. */
	List<PasskeyDescriptor> describe(AccountId account) {
		return this.jdbc.sql("SELECT credential_id, transports FROM passkeys WHERE user_id = ? ORDER BY created_at, id")
			.param(account.value())
			.query((row, number) -> {
				String transports = row.getString(2);
				return new PasskeyDescriptor(row.getBytes(1),
						transports.isEmpty() ? List.of() : List.of(transports.split(" ")));
			})
			.list();
	}

	/** Returns an account's passkey, or null if it has none with this credential id. */
	@Nullable StoredPasskey find(AccountId account, byte[] credentialId) {
		return this.jdbc
			.sql("SELECT id, public_key, aaguid, sign_count, backup_eligible, backed_up FROM passkeys "
					+ "WHERE user_id = ? AND credential_id = ?")
			.params(account.value(), credentialId)
			.query((row, number) -> new StoredPasskey(row.getObject(1, UUID.class), credentialId, row.getBytes(2),
					row.getObject(3, UUID.class), row.getLong(4), row.getBoolean(5), row.getBoolean(6)))
			.optional()
			.orElse(null);
	}

	/**
	 * Stores a passkey.
	 * @return the passkey, or null if the account has it already
	 */
	@Nullable Passkey insert(AccountId account, PasskeyVerifier.NewCredential credential, String name) {
		StoredPasskey passkey = credential.passkey();
		return this.jdbc
			.sql("INSERT INTO passkeys (user_id, id, credential_id, name, public_key, aaguid, sign_count, "
					+ "backup_eligible, backed_up, transports, created_at) "
					+ "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp()) "
					+ "ON CONFLICT (user_id, credential_id) DO NOTHING RETURNING " + COLUMNS)
			.params(account.value(), passkey.id(), passkey.credentialId(), name, passkey.publicKey(), passkey.aaguid(),
					passkey.signCount(), passkey.backupEligible(), passkey.backedUp(),
					String.join(" ", credential.transports()))
			.query((row, number) -> passkey(row))
			.optional()
			.orElse(null);
	}

	/**
	 * Records a proof of a passkey.
	 * @return whether the account still has the passkey, and its counter has grown: of
	 * concurrent proofs with one counter, one is recorded
	 */
	boolean recordProof(AccountId account, UUID passkey, PasskeyVerifier.Proof proof) {
		return this.jdbc
			.sql("UPDATE passkeys SET sign_count = ?, backed_up = ?, last_used_at = statement_timestamp() "
					+ "WHERE user_id = ? AND id = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))")
			.params(proof.signCount(), proof.backedUp(), account.value(), passkey, proof.signCount(), proof.signCount())
			.update() > 0;
	}

	/** Returns an account's passkey, or null if it has none with this id. */
	@Nullable Passkey find(AccountId account, UUID passkey) {
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM passkeys WHERE user_id = ? AND id = ?")
			.params(account.value(), passkey)
			.query((row, number) -> passkey(row))
			.optional()
			.orElse(null);
	}

	/** Returns the renamed passkey, or null if the account has none with this id. */
	@Nullable Passkey rename(AccountId account, UUID passkey, String name) {
		return this.jdbc.sql("UPDATE passkeys SET name = ? WHERE user_id = ? AND id = ? RETURNING " + COLUMNS)
			.params(name, account.value(), passkey)
			.query((row, number) -> passkey(row))
			.optional()
			.orElse(null);
	}

	/** Returns the removed passkey, or null if the account has none with this id. */
	@Nullable Passkey remove(AccountId account, UUID passkey) {
		return this.jdbc.sql("DELETE FROM passkeys WHERE user_id = ? AND id = ? RETURNING " + COLUMNS)
			.params(account.value(), passkey)
			.query((row, number) -> passkey(row))
			.optional()
			.orElse(null);
	}

	/** Removes the passkeys of an account, and returns them. */
	List<Passkey> removeAll(AccountId account) {
		return this.jdbc.sql("DELETE FROM passkeys WHERE user_id = ? RETURNING " + COLUMNS)
			.param(account.value())
			.query((row, number) -> passkey(row))
			.list();
	}

	/** Returns whether a challenge was used by a passkey of the account. */
	boolean isUsed(AccountId account, PasskeyChallengeCodec.Challenge challenge) {
		return this.jdbc
			.sql("SELECT EXISTS (SELECT FROM used_passkey_challenges WHERE user_id = ? AND challenge_hash = ?)")
			.params(account.value(), challenge.hash())
			.query(Boolean.class)
			.single();
	}

	/**
	 * Records the use of a challenge.
	 * @return whether it was not used before: of concurrent uses, one is the first
	 */
	boolean useChallenge(AccountId account, PasskeyChallengeCodec.Challenge challenge) {
		return this.jdbc
			.sql("INSERT INTO used_passkey_challenges (user_id, challenge_hash, expires_at) VALUES (?, ?, ?) "
					+ "ON CONFLICT DO NOTHING")
			.params(account.value(), challenge.hash(), challenge.expiresAtUtc())
			.update() > 0;
	}

	private static Passkey passkey(ResultSet row) throws SQLException {
		return new Passkey(NodeKind.PASSKEY.id(row.getObject(1, UUID.class)), row.getString(2),
				ColumnReader.timestamp(row, 3), ColumnReader.timestampOrNull(row, 4), row.getBoolean(5));
	}

}
