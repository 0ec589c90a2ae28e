package dev.kennel.graphql.idempotency;

import java.util.List;

import dev.kennel.database.DatabaseSample;
import dev.kennel.database.DatabaseSampleSource;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Deletes expired records in batches, so that no statement takes long, on every instance.
 */
@Component
@EnableConfigurationProperties(IdempotencyProperties.class)
class IdempotencyCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(IdempotencyCleaner.class);

	private static final int BATCH_SIZE = 1_000;

	private static final int MAX_BATCHES = 20;

	private final IdempotencyRepository records;

	private final IdempotencyProperties properties;

	IdempotencyCleaner(IdempotencyRepository records, IdempotencyProperties properties) {
		this.records = records;
		this.properties = properties;
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(new DatabaseSample("kennel.retention.lag", Tags.of("table", "idempotency_records"), "seconds",
				"How much longer than they have to be the oldest rows have been kept",
				() -> Math.max(0, this.records.oldest() - this.properties.retention().toSeconds())));
	}

	@Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
	void clean() {
		try {
			int removed = BATCH_SIZE;
			for (int i = 0; i < MAX_BATCHES && removed == BATCH_SIZE; i++) {
				removed = this.records.removeOlderThan(this.properties.retention(), BATCH_SIZE);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Old idempotency records could not be removed; the next run catches up", ex);
		}
	}

}
