package dev.kennel.graphql.idempotency;

import dev.kennel.database.retention.RetentionPolicy;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * How long records are kept. Those of a request have the same age, and expire together.
 */
@Component
@EnableConfigurationProperties(IdempotencyProperties.class)
class IdempotencyRetention extends RetentionPolicy {

	IdempotencyRetention(IdempotencyProperties properties) {
		super("idempotency_records", "created_at", properties.retention());
	}

}
