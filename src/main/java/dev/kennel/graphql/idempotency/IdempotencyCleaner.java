package dev.kennel.graphql.idempotency;

import dev.kennel.database.RetentionCleaner;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Deletes expired records. */
@Component
@EnableConfigurationProperties(IdempotencyProperties.class)
class IdempotencyCleaner extends RetentionCleaner {

	IdempotencyCleaner(IdempotencyRepository records, IdempotencyProperties properties) {
		super("idempotency_records", properties.retention(), records::removeOlderThan, records::oldest);
	}

}
