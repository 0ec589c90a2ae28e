package dev.kennel.graphql.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The record of a field's payload under the {@code Idempotency-Key} of its request, for a
 * statement that inserts it together with the rows that the field adds: one round trip to
 * the database, and no transaction around it. If the record exists, the statement
 * violates its primary key and has no effect.
 */
public final class IdempotencyRecord {

	/**
	 * Inserts records, as a data-modifying statement in a {@code WITH} clause. It reads
	 * {@code recorded}, whose columns are {@code user_id}, {@code key},
	 * {@code request_hash}, {@code arguments_hash} and {@code payload}.
	 */
	public static final String INSERT = """
			INSERT INTO idempotency_records (user_id, key, field_index, arguments_hash, answer, created_at)
			  SELECT user_id, key, record.*, statement_timestamp() FROM recorded CROSS JOIN LATERAL (
			    VALUES (%d, request_hash, NULL), (0, arguments_hash, payload)) AS record
			""".formatted(IdempotencyRepository.REQUEST);

	private final IdempotentExecution field;

	private final String payload;

	private IdempotencyRecord(IdempotentExecution field, String payload) {
		this.field = field;
		this.payload = payload;
	}

	/**
	 * Returns the record to insert with the only row that a field adds.
	 * @param payload supplies the payload of the field if the statement succeeds
	 * @return the record, which the statement has to insert; null if the current field
	 * has no key, or if its record is inserted by a separate statement
	 */
	public static @Nullable IdempotencyRecord of(Supplier<Object> payload) {
		IdempotentExecution field = IdempotentExecution.current();
		return (field != null && field.claimRecordInsert())
				? new IdempotencyRecord(field, PayloadJson.write(payload.get())) : null;
	}

	/**
	 * Returns whether the record of the current field is inserted by a separate
	 * statement, after the writes of the field.
	 * @return whether the field has a key, and its record is not inserted with its row
	 */
	public static boolean isSeparate() {
		IdempotentExecution field = IdempotentExecution.current();
		return field != null && !field.hasInsertedRecord();
	}

	/**
	 * Returns the key.
	 * @return the column {@code key}
	 */
	public String key() {
		return this.field.key();
	}

	/**
	 * Returns the fingerprint of the request.
	 * @return the column {@code request_hash}
	 */
	public byte[] requestHash() {
		return this.field.requestHash();
	}

	/**
	 * Returns the hash of the field's name and arguments.
	 * @return the column {@code arguments_hash}
	 */
	public byte[] argumentsHash() {
		return this.field.argumentsHash();
	}

	/**
	 * Returns the payload.
	 * @return the column {@code payload}, as JSON
	 */
	public String payload() {
		return this.payload;
	}

}
