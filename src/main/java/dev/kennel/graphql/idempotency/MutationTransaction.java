package dev.kennel.graphql.idempotency;

import java.lang.reflect.Type;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.AccountId;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;

/**
 * Executes a field in the transaction that inserts its idempotency record, so that a
 * crash of the process can't separate the two.
 */
@Component
public class MutationTransaction {

	private final TransactionRunner transactions;

	private final IdempotencyRepository records;

	MutationTransaction(TransactionRunner transactions, IdempotencyRepository records) {
		this.transactions = transactions;
		this.records = records;
	}

	/**
	 * Executes a field of a request without a key.
	 * @param method the controller method
	 * @return the payload
	 * @throws Exception if the method throws one
	 */
	public @Nullable Object execute(Callable<@Nullable Object> method) throws Exception {
		try {
			return this.transactions.executeStatements(() -> call(method));
		}
		catch (CheckedFailure ex) {
			throw ex.failure();
		}
	}

	/**
	 * Executes a field of a request with a key, unless it has been executed before.
	 * @param environment the field
	 * @param request the request
	 * @param account supplies the account of the caller, or throws
	 * @param covered the names of the fields that a key covers
	 * @param type the type of the field's payload
	 * @param method the controller method
	 * @return the payload, of this execution or of the first
	 * @throws ApiException with IDEMPOTENCY_KEY_REUSED if the key was used by another
	 * request, of which a field has been executed
	 * @throws Exception if the method throws one
	 */
	public @Nullable Object executeOnce(DataFetchingEnvironment environment, IdempotentRequest request,
			Supplier<AccountId> account, Set<String> covered, Type type, Callable<@Nullable Object> method)
			throws Exception {
		// Counted also if it is refused, as in a retry in which it is not.
		int index = request.nextIndex();
		IdempotencyKey.Field field = new IdempotencyKey.Field(account.get(), request.key(), index);
		String argumentsJson = PayloadJson.write(environment.getArguments());
		byte[] arguments = PayloadJson.hash(environment.getField().getName(), argumentsJson);
		try {
			return executeOnce(field, request.fingerprint(environment, argumentsJson, covered), arguments, type,
					method);
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
		boolean mayInsertRecord = field.index() == 0;
		while (true) {
			IdempotentExecution execution = new IdempotentExecution(field, request, arguments, mayInsertRecord);
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
				mayInsertRecord = false;
			}
		}
	}

	private @Nullable Object executeAndRecord(IdempotentExecution execution, Callable<@Nullable Object> method) {
		execution.restart();
		Object payload = call(method);
		if (payload != null && !execution.hasInsertedRecord()
				&& !this.records.insert(execution, PayloadJson.write(payload))) {
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
