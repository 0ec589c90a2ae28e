package dev.kennel.database.retention;

import java.time.OffsetDateTime;

import dev.kennel.database.sql.TransactionRunner;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * Deletes expired rows, of all accounts. A batch is a range of times, so that no
 * statement locks rows individually, and each reads the index from where the one before
 * has ended.
 */
@Repository
class RetentionRepository {

	/**
	 * The first key of the advisory locks; the second is the hash of the table's name.
	 */
	private static final int LOCKS = 0x6b656e6e;

	private final JdbcTemplate jdbc;

	RetentionRepository(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/** Returns the age of the oldest row in seconds; 0 if there is none. */
	double oldestAge(RetentionPolicy policy) {
		Double age = this.jdbc.queryForObject("SELECT coalesce(extract(epoch FROM clock_timestamp() - min("
				+ policy.column() + ")), 0)::float8 FROM " + policy.table(), Double.class);
		return (age != null) ? age : 0;
	}

	/**
	 * Locks the retention of a table until the end of the transaction, so that one
	 * instance at a time deletes.
	 * @return the time up to which rows are expired, or null if another instance has the
	 * lock
	 */
	@Nullable OffsetDateTime lock(RetentionPolicy policy) {
		TransactionRunner.requireTransaction();
		return DataAccessUtils.singleResult(this.jdbc.query(
				"SELECT clock_timestamp() - make_interval(secs => ?) WHERE pg_try_advisory_xact_lock(?, hashtext(?))",
				(row, number) -> row.getObject(1, OffsetDateTime.class), policy.retention().toSeconds(), LOCKS,
				policy.table()));
	}

	/**
	 * Returns the time of the last row of a batch, which other rows may have, too.
	 * @param after the time after which the batch begins
	 * @param until the time up to which rows are expired
	 * @return the time, or null if there are fewer rows
	 */
	@Nullable OffsetDateTime endOfBatch(RetentionPolicy policy, OffsetDateTime after, OffsetDateTime until, int size) {
		return DataAccessUtils.singleResult(this.jdbc.query(
				"SELECT " + policy.column() + " FROM " + policy.table() + range(policy) + " ORDER BY " + policy.column()
						+ " OFFSET ? LIMIT 1",
				(row, number) -> row.getObject(1, OffsetDateTime.class), after, until, size - 1));
	}

	/** Deletes the rows of a range of times. */
	void delete(RetentionPolicy policy, OffsetDateTime after, OffsetDateTime until) {
		this.jdbc.update("DELETE FROM " + policy.table() + range(policy), after, until);
	}

	private static String range(RetentionPolicy policy) {
		return " WHERE " + policy.column() + " > ? AND " + policy.column() + " <= ?";
	}

}
