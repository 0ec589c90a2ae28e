package dev.kennel.database;

import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;

import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.TransactionException;

/**
 * Deletes the expired rows of a table each minute, in batches, so that no statement takes
 * long. Every instance does, so that the deletion keeps up with the writes of any number
 * of instances.
 */
public abstract class RetentionCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(RetentionCleaner.class);

	private static final int BATCH_SIZE = 1_000;

	private static final int MAX_BATCHES = 20;

	private final String table;

	private final Duration retention;

	private final BatchDeletion deletion;

	private final DoubleSupplier oldestAge;

	/**
	 * Creates a cleaner.
	 * @param table the name of the table
	 * @param retention how long its rows are kept
	 * @param deletion deletes a batch
	 * @param oldestAge returns the age of the oldest row in seconds; 0 if there is none
	 */
	protected RetentionCleaner(String table, Duration retention, BatchDeletion deletion, DoubleSupplier oldestAge) {
		this.table = table;
		this.retention = retention;
		this.deletion = deletion;
		this.oldestAge = oldestAge;
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(new DatabaseSample("kennel.retention.lag", Tags.of("table", this.table), "seconds",
				"How long the oldest row has been kept beyond its retention",
				() -> Math.max(0, this.oldestAge.getAsDouble() - this.retention.toSeconds())));
	}

	/** Deletes expired rows, 20,000 at most. */
	@Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
	public void clean() {
		try {
			int deleted = BATCH_SIZE;
			for (int i = 0; i < MAX_BATCHES && deleted == BATCH_SIZE; i++) {
				deleted = this.deletion.deleteOlderThan(this.retention, BATCH_SIZE);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Expired rows of {} could not be deleted; the next run catches up", this.table, ex);
		}
	}

	/** Deletes a batch of expired rows. */
	@FunctionalInterface
	protected interface BatchDeletion {

		/**
		 * Deletes rows beyond an age. Concurrent instances do not wait for each other.
		 * @param age the age
		 * @param limit the maximum number of rows
		 * @return the number of deleted rows
		 */
		int deleteOlderThan(Duration age, int limit);

	}

}
