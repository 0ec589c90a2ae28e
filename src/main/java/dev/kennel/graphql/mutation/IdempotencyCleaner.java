package dev.kennel.graphql.mutation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Removes the records that are old, a few at a time, so that no statement takes long. All
 * instances do it.
 */
@Component
@EnableConfigurationProperties(MutationProperties.class)
class IdempotencyCleaner {

	private static final Logger logger = LoggerFactory.getLogger(IdempotencyCleaner.class);

	private static final int BATCH = 1_000;

	private static final int BATCHES_AT_ONCE = 20;

	private final IdempotencyRepository records;

	private final MutationProperties properties;

	IdempotencyCleaner(IdempotencyRepository records, MutationProperties properties) {
		this.records = records;
		this.properties = properties;
	}

	@Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
	void clean() {
		try {
			int removed = BATCH;
			for (int i = 0; i < BATCHES_AT_ONCE && removed == BATCH; i++) {
				removed = this.records.removeOlderThan(this.properties.retention(), BATCH);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Old idempotency records could not be removed; the next run catches up", ex);
		}
	}

}
