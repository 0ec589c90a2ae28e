package dev.kennel.graphql.idempotency;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * One run of a field under an {@code Idempotency-Key}. What the field writes may insert
 * the record of its payload, too: see {@link ResultRecord}.
 */
final class IdempotentExecution {

	private static final ScopedValue<IdempotentExecution> CURRENT = ScopedValue.newInstance();

	private final IdempotencyKey.Field field;

	private final byte[] requestHash;

	private final byte[] argumentsHash;

	private final boolean joinable;

	private boolean joined;

	/**
	 * Begins a run.
	 * @param joinable whether the record may be inserted by the statement that writes,
	 * which it may where no record of the request can be there before
	 */
	IdempotentExecution(IdempotencyKey.Field field, byte[] requestHash, byte[] argumentsHash, boolean joinable) {
		this.field = field;
		this.requestHash = requestHash;
		this.argumentsHash = argumentsHash;
		this.joinable = joinable;
	}

	/** The field that this thread runs under a key, or null. */
	static @Nullable IdempotentExecution current() {
		return CURRENT.isBound() ? CURRENT.get() : null;
	}

	/** Runs the field, on this thread. */
	<T> T call(ScopedValue.CallableOp<T, RuntimeException> work) {
		return ScopedValue.where(CURRENT, this).call(work);
	}

	/** Notes that the record is inserted by the statement that comes next. */
	boolean join() {
		this.joined = this.joinable;
		return this.joined;
	}

	/** The transaction begins anew: nothing is written. */
	void restart() {
		this.joined = false;
	}

	/** Whether the record has been inserted by a statement that writes. */
	boolean hasJoined() {
		return this.joined;
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
