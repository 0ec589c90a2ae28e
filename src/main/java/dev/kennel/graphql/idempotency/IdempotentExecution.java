package dev.kennel.graphql.idempotency;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a field under an {@code Idempotency-Key}. A statement of the field may
 * insert the record of its payload, too: see {@link IdempotencyRecord}.
 */
final class IdempotentExecution {

	private static final ScopedValue<IdempotentExecution> CURRENT = ScopedValue.newInstance();

	private final IdempotencyKey.Field field;

	private final byte[] requestHash;

	private final byte[] argumentsHash;

	private final boolean mayInsertRecord;

	private boolean recordInserted;

	/**
	 * Begins an execution.
	 * @param mayInsertRecord whether a statement of the field may insert the record,
	 * which requires that the request has no record
	 */
	IdempotentExecution(IdempotencyKey.Field field, byte[] requestHash, byte[] argumentsHash, boolean mayInsertRecord) {
		this.field = field;
		this.requestHash = requestHash;
		this.argumentsHash = argumentsHash;
		this.mayInsertRecord = mayInsertRecord;
	}

	/** Returns the execution of the current thread, or null. */
	static @Nullable IdempotentExecution current() {
		return CURRENT.isBound() ? CURRENT.get() : null;
	}

	/** Executes the field on the current thread. */
	<T> T call(ScopedValue.CallableOp<T, RuntimeException> work) {
		return ScopedValue.where(CURRENT, this).call(work);
	}

	/** Returns whether the next statement inserts the record, and remembers that. */
	boolean claimRecordInsert() {
		this.recordInserted = this.mayInsertRecord;
		return this.recordInserted;
	}

	/** Resets the state for a new transaction. */
	void restart() {
		this.recordInserted = false;
	}

	/** Returns whether a statement of the field has inserted the record. */
	boolean hasInsertedRecord() {
		return this.recordInserted;
	}

	AccountId account() {
		return this.field.account();
	}

	String key() {
		return this.field.key().value();
	}

	int index() {
		return this.field.index();
	}

	byte[] requestHash() {
		return this.requestHash;
	}

	byte[] argumentsHash() {
		return this.argumentsHash;
	}

}
