package dev.kennel.graphql.mutation;

import java.lang.reflect.Type;
import java.util.Set;
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
			KeyedRequest request = KeyedRequest.of(environment, covered);
			byte[] hash = AnswerJson.hash(environment.getField().getName(), environment.getArguments());
			return this.transactions.executeStatements(() -> runOnce(request, field, hash, type, method));
		}
		catch (CheckedFailure ex) {
			throw ex.failure();
		}
	}

	private @Nullable Object runOnce(KeyedRequest request, IdempotencyKey.Field field, byte[] hash, Type type,
			Callable<@Nullable Object> method) {
		while (!this.records.begin(request, field, hash)) {
			KnownField known = this.records.find(request, field, hash);
			if (!known.sameRequest()) {
				throw ApiException.of(ErrorCode.IDEMPOTENCY_KEY_REUSED,
						"This Idempotency-Key was used for another request. Nothing was changed.");
			}
			if (known.answer() != null) {
				return AnswerJson.read(known.answer(), type);
			}
			// Its time was over just now.
		}
		Object answer = call(method);
		if (answer != null) {
			this.records.complete(field, AnswerJson.write(answer));
		}
		return answer;
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
