package dev.kennel.graphql.mutation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps what fields of mutations have answered. */
@Repository
class IdempotencyRepository {

	private final JdbcClient jdbc;

	IdempotencyRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Begins a field, unless it has been run before. If another transaction is just
	 * running it, waits for its end.
	 * @return whether there was no record, and there is one now, to be completed in the
	 * same transaction
	 */
	@Transactional(propagation = Propagation.MANDATORY)
	boolean begin(IdempotencyKey.Field field, byte[] argumentsHash) {
		return this.jdbc.sql("""
				INSERT INTO idempotency_records (user_id, key, field_index, arguments_hash, created_at)
				VALUES (?, ?, ?, ?, clock_timestamp()) ON CONFLICT DO NOTHING""")
			.params(field.account().value(), field.key().value(), field.index(), argumentsHash)
			.update() == 1;
	}

	@Transactional(propagation = Propagation.MANDATORY)
	void complete(IdempotencyKey.Field field, String answer) {
		this.jdbc.sql("UPDATE idempotency_records SET answer = ? WHERE user_id = ? AND key = ? AND field_index = ?")
			.params(answer, field.account().value(), field.key().value(), field.index())
			.update();
	}

	/** What a field has answered, or null if it was run with other arguments. */
	@Transactional(propagation = Propagation.MANDATORY)
	@Nullable String answer(IdempotencyKey.Field field, byte[] argumentsHash) {
		return this.jdbc
			.sql("SELECT answer FROM idempotency_records "
					+ "WHERE user_id = ? AND key = ? AND field_index = ? AND arguments_hash = ?")
			.params(field.account().value(), field.key().value(), field.index(), argumentsHash)
			.query(String.class)
			.optional()
			.orElse(null);
	}

	/**
	 * Removes records that are older than they have to be kept. Instances that do so at
	 * once do not wait for each other.
	 * @return how many were removed, at most as many as asked for
	 */
	int removeOlderThan(Duration age, int limit) {
		return this.jdbc.sql("""
				DELETE FROM idempotency_records WHERE (user_id, key, field_index) IN (
				  SELECT user_id, key, field_index FROM idempotency_records
				  WHERE created_at < clock_timestamp() - make_interval(secs => ?)
				  ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)""").params(age.toSeconds(), limit).update();
	}

}
