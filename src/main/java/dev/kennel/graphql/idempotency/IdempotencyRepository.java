package dev.kennel.graphql.idempotency;

import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.TransactionRunner;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores the payloads of mutation fields, and the fingerprint of the request that has
 * used a key. The fingerprint is a record too, with an index before the first field. It
 * is inserted together with the first executed field, so that a request of which no field
 * has been executed has not used its key.
 */
@Repository
@EnableConfigurationProperties(IdempotencyProperties.class)
class IdempotencyRepository {

	/** The index of the record of the request itself. */
	static final int REQUEST = -1;

	/** The constraint that a second record of a field violates. */
	static final String PRIMARY_KEY = "idempotency_records_pkey";

	private final JdbcClient jdbc;

	IdempotencyRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** The records of a request have the same age, and expire together. */
	@Bean
	static RetentionPolicy idempotencyRetention(IdempotencyProperties properties) {
		return new RetentionPolicy("idempotency_records", "created_at", properties.retention());
	}

	/**
	 * Inserts the record of an executed field, unless it exists, or the key was used by
	 * another request. Waits for the end of a concurrent transaction with the key.
	 * @return whether it was inserted; if not, the caller has to throw, so that the
	 * transaction is rolled back
	 */
	boolean insert(IdempotentExecution field, String payload) {
		TransactionRunner.requireTransaction();
		// The update changes nothing: it returns the existing row, and locks it.
		return this.jdbc.sql("""
				WITH request AS (
				  INSERT INTO idempotency_records AS known (user_id, key, field_index, arguments_hash, created_at)
				  VALUES (?, ?, ?, ?, clock_timestamp())
				  ON CONFLICT (user_id, key, field_index) DO UPDATE SET arguments_hash = known.arguments_hash
				  RETURNING arguments_hash, created_at
				)
				INSERT INTO idempotency_records (user_id, key, field_index, arguments_hash, answer, created_at)
				SELECT ?, ?, ?, ?, ?, request.created_at FROM request WHERE request.arguments_hash = ?
				ON CONFLICT DO NOTHING""")
			.params(field.account().value(), field.key(), REQUEST, field.requestHash(), field.account().value(),
					field.key(), field.index(), field.argumentsHash(), payload, field.requestHash())
			.update() == 1;
	}

	/**
	 * Returns the stored result of a field, or null if its request has no record. The row
	 * is locked, so that the statement is a write: its commit waits for a synchronous
	 * standby. The commit of the record may have been on the primary alone, and returning
	 * the result would acknowledge it.
	 */
	@Nullable StoredResult find(IdempotentExecution field) {
		return this.jdbc.sql("""
				SELECT request.arguments_hash = ? AND coalesce(field.arguments_hash = ?, true), field.answer
				FROM idempotency_records AS request
				LEFT JOIN idempotency_records AS field
				  ON field.user_id = request.user_id AND field.key = request.key AND field.field_index = ?
				WHERE request.user_id = ? AND request.key = ? AND request.field_index = ?
				FOR UPDATE OF request""")
			.params(field.requestHash(), field.argumentsHash(), field.index(), field.account().value(), field.key(),
					REQUEST)
			.query((row, number) -> new StoredResult(row.getBoolean(1), row.getString(2)))
			.optional()
			.orElse(null);
	}

}
