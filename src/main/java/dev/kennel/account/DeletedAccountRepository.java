package dev.kennel.account;

import java.util.List;
import java.util.UUID;

import dev.kennel.database.TransactionRunner;
import dev.kennel.identity.AccountId;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Removes the rows of deleted accounts. */
@Repository
class DeletedAccountRepository {

	/**
	 * The tables that may have many rows of an account, in an order in which no row is
	 * removed that another one refers to. The others have few, which go with the row of
	 * the account, by the foreign keys.
	 */
	static final List<String> LARGE_TABLES = List.of("dogs", "owners", "changes", "idempotency_records");

	/** The tables whose rows would tell who the account was, or let somebody into it. */
	private static final List<String> PERSONAL_TABLES = List.of("one_time_tokens", "former_emails");

	private final JdbcClient jdbc;

	DeletedAccountRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Removes what must be gone together with the account. */
	void removePersonal(AccountId account) {
		TransactionRunner.requireTransaction();
		PERSONAL_TABLES.forEach((
				table) -> this.jdbc.sql("DELETE FROM " + table + " WHERE user_id = ?").param(account.value()).update());
	}

	/** How many accounts are deleted and have rows that are yet to be removed. */
	double count() {
		return this.jdbc.sql("SELECT count(*) FROM users WHERE deleted_at IS NOT NULL").query(Long.class).single();
	}

	/** How many seconds ago the first of them was deleted; 0 if there is none. */
	double oldest() {
		return this.jdbc
			.sql("SELECT coalesce(extract(epoch FROM clock_timestamp() - min(deleted_at)), 0)::float8 FROM users "
					+ "WHERE deleted_at IS NOT NULL")
			.query(Double.class)
			.single();
	}

	/** Returns the deleted accounts whose keys follow on another, in their order. */
	List<AccountId> findAfter(AccountId last, int limit) {
		return this.jdbc.sql("SELECT id FROM users WHERE deleted_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?")
			.params(last.value(), limit)
			.query((row, number) -> new AccountId(row.getObject(1, UUID.class)))
			.list();
	}

	/**
	 * Keeps others from removing rows of an account until the end of the transaction.
	 * What refers to the account does not wait for that.
	 * @return whether there is such an account, and no other is just doing so
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
	 * Removes some rows of an account. They are found by their places alone: with the
	 * account as a further condition, and statistics of an emptier table, PostgreSQL
	 * would look through all rows of the account each time.
	 * @param table one of the large tables
	 * @return how many were removed: fewer than the limit if none are left
	 */
	int removeSome(AccountId account, String table, int limit) {
		return this.jdbc
			.sql("DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table
					+ " WHERE user_id = ? LIMIT ?))")
			.params(account.value(), limit)
			.update();
	}

	/** Removes the account's own row, and what refers to it. */
	int remove(AccountId account) {
		return this.jdbc.sql("DELETE FROM users WHERE id = ?").param(account.value()).update();
	}

}
