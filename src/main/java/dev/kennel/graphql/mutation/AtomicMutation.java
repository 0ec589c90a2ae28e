package dev.kennel.graphql.mutation;

import java.lang.reflect.Type;
import java.util.concurrent.Callable;

import dev.kennel.database.Transactions;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
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

	private final Transactions transactions;

	private final IdempotencyRepository records;

	AtomicMutation(Transactions transactions, IdempotencyRepository records) {
		this.transactions = transactions;
		this.records = records;
	}

	/**
	 * Runs a field.
	 * @param environment the field
	 * @param index its place among the fields of the mutation
	 * @param type what the field answers
	 * @param method does what the field is for
	 * @return what that has answered, now or the first time
	 * @throws ApiException with IDEMPOTENCY_KEY_REUSED if the request's key is that of
	 * another request
	 */
	@Nullable Object run(DataFetchingEnvironment environment, int index, Type type, Callable<@Nullable Object> method)
			throws Exception {
		IdempotencyKey key = IdempotencyKey.find(environment.getGraphQlContext());
		try {
			if (key == null) {
				return this.transactions.execute(() -> call(method));
			}
			IdempotencyKey.Field field = new IdempotencyKey.Field(CallerContext.require(environment).account(), key,
					index);
			byte[] hash = AnswerJson.hash(environment.getField().getName(), environment.getArguments());
			return this.transactions.execute(() -> runOnce(field, hash, type, method));
		}
		catch (CheckedFailure ex) {
			throw ex.failure();
		}
	}

	private @Nullable Object runOnce(IdempotencyKey.Field field, byte[] hash, Type type,
			Callable<@Nullable Object> method) {
		if (this.records.begin(field, hash)) {
			Object answer = call(method);
			if (answer != null) {
				this.records.complete(field, AnswerJson.write(answer));
			}
			return answer;
		}
		String answer = this.records.answer(field, hash);
		if (answer == null) {
			throw ApiException.of(ErrorCode.IDEMPOTENCY_KEY_REUSED,
					"This Idempotency-Key was used for another request. Nothing was changed.");
		}
		return AnswerJson.read(answer, type);
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
