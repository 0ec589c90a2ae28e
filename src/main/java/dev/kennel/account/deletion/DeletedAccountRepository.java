package dev.kennel.account.deletion;

import java.util.List;
import java.util.UUID;

import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.identity.AccountId;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Marks accounts as deleted, and removes their rows. */
@Repository
class DeletedAccountRepository {

	/**
	 * The tables that may have many rows of an account; referencing tables come before
	 * referenced ones. The others have few, which the foreign keys delete with the
	 * account's own row.
	 */
	static final List<LargeTable> LARGE_TABLES = List.of(new LargeTable("dogs", "id"), new LargeTable("owners", "id"),
			new LargeTable("changes", "version"), new LargeTable("idempotency_records", "key"));

	/** The tables with personal data or credentials. */
	private static final List<String> PERSONAL_TABLES = List.of("one_time_tokens", "former_emails", "login_challenges",
			"recovery_codes", "totp_secrets", "second_factors", "passkeys", "used_passkey_challenges", "email_logins");

	private final JdbcClient jdbc;

	DeletedAccountRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Removes personal data and credentials, in the transaction of the deletion. */
	void removePersonal(AccountId account) {
		TransactionRunner.requireTransaction();
		PERSONAL_TABLES.forEach((
				table) -> this.jdbc.sql("DELETE FROM " + table + " WHERE user_id = ?").param(account.value()).update());
	}

	/**
	 * Marks an account as deleted: no query returns it any more. Its name and address are
	 * overwritten with texts that are invalid as either, and so are free, and no passkey
	 * finds it.
	 */
	void markDeleted(AccountId account) {
		TransactionRunner.requireTransaction();
		this.jdbc.sql("""
				UPDATE users SET username = 'deleted:' || id, username_key = 'deleted:' || id, email = 'deleted:' || id,
				  email_key = 'deleted:' || id, email_verified_at = NULL, password_hash = '', passkey_handle = NULL,
				  deleted_at = statement_timestamp()
				WHERE id = ?""").param(account.value()).update();
	}

	/** Returns how many deleted accounts have rows that are yet to be removed. */
	double count() {
		return this.jdbc.sql("SELECT count(*) FROM users WHERE deleted_at IS NOT NULL").query(Long.class).single();
	}

	/** Returns how many seconds ago the first of them was deleted; 0 if there is none. */
	double oldest() {
		return this.jdbc
			.sql("SELECT coalesce(extract(epoch FROM clock_timestamp() - min(deleted_at)), 0)::float8 FROM users "
					+ "WHERE deleted_at IS NOT NULL")
			.query(Double.class)
			.single();
	}

	/**
	 * Returns a page of deleted accounts by keyset: those after the given key, in key
	 * order.
	 */
	List<AccountId> findAfter(AccountId last, int limit) {
		return this.jdbc.sql("SELECT id FROM users WHERE deleted_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?")
			.params(last.value(), limit)
			.query((row, number) -> new AccountId(row.getObject(1, UUID.class)))
			.list();
	}

	/**
	 * Locks a deleted account's row until the end of the transaction, so that no other
	 * instance removes its rows. The lock mode does not block foreign key checks.
	 * @return whether the deleted account exists, and no other instance has locked it
	 */
	boolean claim(AccountId account) {
		TransactionRunner.requireTransaction();
		return this.jdbc
			.sql("SELECT true FROM users WHERE id = ? AND deleted_at IS NOT NULL FOR NO KEY UPDATE SKIP LOCKED")
			.param(account.value())
			.query(Boolean.class)
			.optional()
			.isPresent();
	}

	/**
	 * Removes a batch of rows of an account: a range of the primary key, by which
	 * PostgreSQL reads no other rows of the account, whatever its statistics are.
	 * @param table one of the large tables
	 * @return the number of removed rows: fewer than the limit if none are left
	 */
	int removeBatch(AccountId account, LargeTable table, int limit) {
		return this.jdbc.sql("""
				DELETE FROM %1$s WHERE user_id = ? AND %2$s <= (
				  SELECT %2$s FROM (SELECT %2$s FROM %1$s WHERE user_id = ? ORDER BY %2$s LIMIT ?) AS batch
				  ORDER BY %2$s DESC LIMIT 1)""".formatted(table.name(), table.key()))
			.params(account.value(), account.value(), limit)
			.update();
	}

	/** Removes the account's own row, and by cascade the rows that reference it. */
	int remove(AccountId account) {
		return this.jdbc.sql("DELETE FROM users WHERE id = ?").param(account.value()).update();
	}

	/**
	 * A table that may have many rows of an account.
	 *
	 * @param name the name
	 * @param key the column that follows the account in the primary key
	 */
	record LargeTable(String name, String key) {
	}

}
