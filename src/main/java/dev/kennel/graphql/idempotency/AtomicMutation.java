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
 * Runs a field in a transaction, which is also that of the record by which the field is
 * known to have been run. So there is no moment at which the process could die between
 * the two.
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
	 * Runs a field.
	 * @param environment the field
	 * @param covered the names of the fields that are run here
	 * @param index its place among those of them that are run
	 * @param type what the field answers
	 * @param method does what the field is for
	 * @return what that has answered, now or the first time
	 * @throws ApiException with IDEMPOTENCY_KEY_REUSED if the request's key is that of
	 * another request of which something has been done
	 */
	@Nullable Object run(DataFetchingEnvironment environment, Set<String> covered, int index, Type type,
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
			return runOnce(field, request, arguments, type, method);
		}
		catch (CheckedFailure ex) {
			throw ex.failure();
		}
	}

	/**
	 * Runs a field, unless it has been run before. Only a field that fails can have been:
	 * its record can't be inserted a second time, and what it has done is no longer there
	 * to be done.
	 */
	private @Nullable Object runOnce(IdempotencyKey.Field field, byte[] request, byte[] arguments, Type type,
			Callable<@Nullable Object> method) {
		// The first field of a request is nearly always the first thing under its key.
		boolean joinable = field.index() == 0;
		while (true) {
			IdempotentExecution run = new IdempotentExecution(field, request, arguments, joinable);
			try {
				return run.call(() -> this.transactions.executeStatements(() -> runAndRecord(run, method)));
			}
			catch (RuntimeException ex) {
				if (SqlFailureClassifier.isUnavailable(ex) || SqlFailureClassifier.isTooLate(ex)) {
					throw ex;
				}
				StoredResult known = this.records.find(run);
				if (known != null && !known.sameRequest()) {
					throw ApiException.of(ErrorCode.IDEMPOTENCY_KEY_REUSED,
							"This Idempotency-Key was used for another request. Nothing was changed.");
				}
				if (known != null && known.answer() != null) {
					return PayloadJson.read(known.answer(), type);
				}
				if (!isRecordConflict(ex)) {
					throw ex;
				}
				// Of the request another field has been run, or the record's time was
				// over
				// just now.
				joinable = false;
			}
		}
	}

	private @Nullable Object runAndRecord(IdempotentExecution run, Callable<@Nullable Object> method) {
		run.restart();
		Object answer = call(method);
		if (answer != null && !run.hasJoined() && !this.records.insert(run, PayloadJson.write(answer))) {
			throw new RecordExistsException();
		}
		return answer;
	}

	private static boolean isRecordConflict(RuntimeException failure) {
		return failure instanceof RecordExistsException
				|| IdempotencyRepository.PRIMARY_KEY.equals(SqlFailureClassifier.violatedConstraint(failure));
	}

	private static @Nullable Object call(Callable<@Nullable Object> method) {
		try {
			Object answer = method.call();
			// Spring wraps what the controller throws: it has to be thrown here, so that
			// the
			// transaction is rolled back.
			return (answer instanceof Mono<?> mono) ? mono.block() : answer;
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new CheckedFailure(ex);
		}
	}

	/** Has what was done under a key once more undone. */
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
