package dev.kennel.write;

import java.util.List;

import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.identity.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Provides the quotas of an account, and recounts its rows if the counts that writes
 * maintain are out of date.
 */
@Repository
@EnableConfigurationProperties(QuotaProperties.class)
class QuotaRepository {

	private static final Logger logger = LoggerFactory.getLogger(QuotaRepository.class);

	private final JdbcTemplate jdbc;

	private final TransactionRunner transactions;

	private final QuotaProperties properties;

	QuotaRepository(JdbcTemplate jdbc, TransactionRunner transactions, QuotaProperties properties) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.properties = properties;
	}

	int max(Quota quota) {
		return this.properties.max(quota);
	}

	/** Returns the QUOTA_EXCEEDED error of a quota. */
	ApiException exceeded(Quota quota) {
		int max = max(quota);
		return ApiException.quotaExceeded("The account would exceed its quota of " + max + " " + quota.key()
				+ " (kennel.quota." + quota.key() + ").", quota.key(), max);
	}

	/**
	 * Recounts an account's rows if the counts do not belong to its current version, and
	 * locks the version until the end of the transaction. The counts are out of date
	 * after the migration that introduced them, and after a write of an older version of
	 * Kennel, which may run beside this one during an upgrade.
	 * @param account the account
	 * @return whether the rows were recounted
	 */
	boolean recount(AccountId account) {
		TransactionRunner.requireTransaction();
		// Two statements: the second sees the commits that the lock of the first has
		// waited for.
		List<Boolean> upToDate = this.jdbc.query(
				"SELECT counted = version FROM change_versions WHERE user_id = ? FOR UPDATE",
				(row, number) -> row.getBoolean(1), account.value());
		if (upToDate.contains(true)) {
			return false;
		}
		this.jdbc.update(
				"UPDATE change_versions AS latest SET counted = version, "
						+ "owners = (SELECT count(*) FROM owners WHERE owners.user_id = latest.user_id), "
						+ "dogs = (SELECT count(*) FROM dogs WHERE dogs.user_id = latest.user_id) WHERE user_id = ?",
				account.value());
		return true;
	}

	/**
	 * Recounts an account's rows if the transaction is rolled back, so that a write that
	 * is refused repeatedly does not count each time.
	 * @param account the account
	 */
	void recountAfterRollback(AccountId account) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				if (status == STATUS_ROLLED_BACK) {
					recountInOwnTransaction(account);
				}
			}

		});
	}

	private void recountInOwnTransaction(AccountId account) {
		try {
			this.transactions.executeStatements(() -> recount(account));
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The rows of an account could not be counted; the next insert retries", ex);
		}
	}

}
