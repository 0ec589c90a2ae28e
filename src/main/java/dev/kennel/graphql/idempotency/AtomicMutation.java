package dev.kennel.graphql.idempotency;

import java.lang.reflect.Type;
import java.util.Set;
import java.util.concurrent.Callable;

import dev.kennel.database.SqlFailureClassifier;
import dev.kennel.database.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.CallerContext;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;

/**
 * Executes a field in the transaction that inserts its idempotency record, so that a
 * crash of the process can't separate the two.
 */
@Component
class AtomicMutation {

	private final TransactionRunner transactions;

	private final IdempotencyRepository records;

	AtomicMutation(TransactionRunner transactions, IdempotencyRepository records) {
		this.transactions = transactions;
		this.records = records;
	}

	/**
	 * Executes a field.
	 * @param environment the field
	 * @param covered the names of the fields that a key covers
	 * @param index its index among the executed fields of these
	 * @param type the type of its payload
	 * @param method the controller method
	 * @return the payload, of this execution or of the first
	 * @throws ApiException with IDEMPOTENCY_KEY_REUSED if the key was used by another
	 * request, of which a field has been executed
	 */
	@Nullable Object execute(DataFetchingEnvironment environment, Set<String> covered, int index, Type type,
			Callable<@Nullable Object> method) throws Exception {
		IdempotencyKey key = IdempotencyKey.find(environment.getGraphQlContext());
		try {
			if (key == null) {
				return this.transactions.executeStatements(() -> call(method));
			}
			IdempotencyKey.Field field = new IdempotencyKey.Field(
					CallerContext.account(environment.getGraphQlContext()), key, index);
			byte[] request = RequestFingerprint.of(environment, covered).hash();
			byte[] arguments = PayloadJson.hash(environment.getField().getName(), environment.getArguments());
			return executeOnce(field, request, arguments, type, method);
		}
		catch (CheckedFailure ex) {
			throw ex.failure();
		}
	}

	/**
	 * Executes a field, unless it has been executed before. The records are searched only
	 * after a failure: a field that has been executed before fails, since its record
	 * can't be inserted twice, or its write can't be repeated.
	 */
	private @Nullable Object executeOnce(IdempotencyKey.Field field, byte[] request, byte[] arguments, Type type,
			Callable<@Nullable Object> method) {
		// The first field of a request nearly always finds no record of its key.
		boolean joinable = field.index() == 0;
		while (true) {
			IdempotentExecution execution = new IdempotentExecution(field, request, arguments, joinable);
			try {
				return execution
					.call(() -> this.transactions.executeStatements(() -> executeAndRecord(execution, method)));
			}
			catch (RuntimeException ex) {
				if (SqlFailureClassifier.isUnavailable(ex) || SqlFailureClassifier.isDeadlineExceeded(ex)) {
					throw ex;
				}
				StoredResult stored = this.records.find(execution);
				if (stored != null && !stored.sameRequest()) {
					throw ApiException.of(ErrorCode.IDEMPOTENCY_KEY_REUSED,
							"This Idempotency-Key was used for another request. Nothing was changed.");
				}
				if (stored != null && stored.payload() != null) {
					return PayloadJson.read(stored.payload(), type);
				}
				if (!isRecordConflict(ex)) {
					throw ex;
				}
				// Another field of the request has been executed, or the record has just
				// expired.
				joinable = false;
			}
		}
	}

	private @Nullable Object executeAndRecord(IdempotentExecution execution, Callable<@Nullable Object> method) {
		execution.restart();
		Object payload = call(method);
		if (payload != null && !execution.hasJoined() && !this.records.insert(execution, PayloadJson.write(payload))) {
			throw new RecordExistsException();
		}
		return payload;
	}

	private static boolean isRecordConflict(RuntimeException failure) {
		return failure instanceof RecordExistsException
				|| IdempotencyRepository.PRIMARY_KEY.equals(SqlFailureClassifier.violatedConstraint(failure));
	}

	private static @Nullable Object call(Callable<@Nullable Object> method) {
		try {
			Object payload = method.call();
			// Spring wraps an exception of the controller: it has to be thrown here, so
			// that the transaction is rolled back.
			return (payload instanceof Mono<?> mono) ? mono.block() : payload;
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new CheckedFailure(ex);
		}
	}

	/** Rolls back a repeated execution under a key. */
	private static final class RecordExistsException extends RuntimeException {

		RecordExistsException() {
			super("There is a record under the Idempotency-Key", null, false, false);
		}

	}

	private static final class CheckedFailure extends RuntimeException {

		private final Exception failure;

		CheckedFailure(Exception failure) {
			super(failure);
			this.failure = failure;
		}

		Exception failure() {
			return this.failure;
		}

	}

}
