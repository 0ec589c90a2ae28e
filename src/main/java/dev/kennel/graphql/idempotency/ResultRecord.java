package dev.kennel.graphql.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The record of a field's payload under the {@code Idempotency-Key} of its request, for a
 * statement that inserts it together with the rows that the field adds: one round trip to
 * the store, and no transaction around it. If there is a record already, the statement
 * violates its primary key, and nothing of it happens.
 */
public final class ResultRecord {

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

	private ResultRecord(IdempotentExecution field, String payload) {
		this.field = field;
		this.payload = payload;
	}

	/**
	 * Returns the record to insert with the row that is all that a field adds.
	 * @param payload what the field is going to return, if the statement succeeds
	 * @return the record, which the statement has to insert; null if the field that this
	 * thread runs has no key, or if its record is inserted by a statement of its own
	 */
	public static @Nullable ResultRecord of(Supplier<Object> payload) {
		IdempotentExecution field = IdempotentExecution.current();
		return (field != null && field.join()) ? new ResultRecord(field, PayloadJson.write(payload.get())) : null;
	}

	/**
	 * Returns whether a record is inserted by a statement of its own, after all that the
	 * field that this thread runs has written.
	 * @return whether the field has a key, and its record is not inserted with its row
	 */
	public static boolean isSeparate() {
		IdempotentExecution field = IdempotentExecution.current();
		return field != null && !field.hasJoined();
	}

	/**
	 * Returns the key.
	 * @return the column {@code key}
	 */
	public String key() {
		return this.field.key();
	}

	/**
	 * Returns what is the same for two requests exactly if they ask for the same.
	 * @return the column {@code request_hash}
	 */
	public byte[] requestHash() {
		return this.field.requestHash();
	}

	/**
	 * Returns what is the same for two fields exactly if they ask for the same.
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
