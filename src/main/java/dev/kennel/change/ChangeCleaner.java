package dev.kennel.change;

import java.util.List;

import dev.kennel.database.DatabaseSample;
import dev.kennel.database.DatabaseSampleSource;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Deletes expired entries in batches, so that no statement takes long. Every instance
 * runs it.
 */
@Component
class ChangeCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(ChangeCleaner.class);

	private static final int BATCH_SIZE = 1_000;

	private static final int MAX_BATCHES = 20;

	private final ChangeRepository changes;

	private final ChangeProperties properties;

	ChangeCleaner(ChangeRepository changes, ChangeProperties properties) {
		this.changes = changes;
		this.properties = properties;
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(new DatabaseSample("kennel.retention.lag", Tags.of("table", "changes"), "seconds",
				"How much longer than they have to be the oldest rows have been kept",
				() -> Math.max(0, this.changes.oldestAgeSeconds() - this.properties.retention().toSeconds())));
	}

	@Scheduled(initialDelay = 90_000, fixedDelay = 60_000)
	void clean() {
		try {
			int deleted = BATCH_SIZE;
			for (int i = 0; i < MAX_BATCHES && deleted == BATCH_SIZE; i++) {
				deleted = this.changes.deleteOlderThan(this.properties.retention(), BATCH_SIZE);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Old changes could not be removed; the next run catches up", ex);
		}
	}

}
