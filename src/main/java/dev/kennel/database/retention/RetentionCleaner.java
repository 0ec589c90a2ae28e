package dev.kennel.database.retention;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.database.monitor.DatabaseSample;
import dev.kennel.database.monitor.DatabaseSampleSource;
import dev.kennel.database.sql.TransactionRunner;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Deletes the expired rows of all tables with a {@link RetentionPolicy} each minute,
 * until none are left. Each batch is a transaction, so that no statement takes long, and
 * the tables take turns. Every instance runs it, and a lock admits one at a time per
 * table: the others leave the table to it, and if its instance stops, another one
 * continues.
 */
@Component
public class RetentionCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(RetentionCleaner.class);

	/**
	 * Takes PostgreSQL some 25 ms, of which the transaction around it is a small part.
	 */
	private static final int BATCH_SIZE = 5_000;

	/** Before all rows, and a time in the driver, the database and ISO 8601. */
	private static final OffsetDateTime BEGINNING = OffsetDateTime.parse("0001-01-01T00:00Z");

	private final List<RetentionPolicy> policies;

	private final RetentionRepository rows;

	private final TransactionRunner transactions;

	/** One run at a time on this instance. */
	private final ReentrantLock running = new ReentrantLock();

	RetentionCleaner(List<RetentionPolicy> policies, RetentionRepository rows, TransactionRunner transactions) {
		this.policies = policies;
		this.rows = rows;
		this.transactions = transactions;
	}

	@Override
	public List<DatabaseSample> samples() {
		return this.policies.stream()
			.map((policy) -> new DatabaseSample("kennel.retention.lag", Tags.of("table", policy.table()), "seconds",
					"How long the oldest row has been kept beyond its retention",
					() -> Math.max(0, this.rows.oldestAge(policy) - policy.retention().toSeconds())))
			.toList();
	}

	/** Deletes all rows that are expired, except those that another instance deletes. */
	@Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
	public void clean() {
		clean(BATCH_SIZE);
	}

	void clean(int batchSize) {
		this.running.lock();
		try {
			Map<RetentionPolicy, OffsetDateTime> positions = new HashMap<>();
			List<RetentionPolicy> unfinished = new ArrayList<>(this.policies);
			while (!unfinished.isEmpty() && !Thread.currentThread().isInterrupted()) {
				unfinished.removeIf((policy) -> !deleteBatch(policy, positions, batchSize));
			}
		}
		finally {
			this.running.unlock();
		}
	}

	/** Returns whether there may be more rows to delete. */
	private boolean deleteBatch(RetentionPolicy policy, Map<RetentionPolicy, OffsetDateTime> positions, int size) {
		try {
			return this.transactions.executeStatements(() -> {
				OffsetDateTime expired = this.rows.lock(policy);
				if (expired == null) {
					return false;
				}
				OffsetDateTime after = positions.getOrDefault(policy, BEGINNING);
				OffsetDateTime end = this.rows.endOfBatch(policy, after, expired, size);
				this.rows.delete(policy, after, (end != null) ? end : expired);
				if (end != null) {
					positions.put(policy, end);
				}
				return end != null;
			});
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Expired rows of {} could not be deleted; the next run catches up", policy.table(), ex);
			return false;
		}
	}

}
