package dev.kennel.graphql.mutation;

import dev.kennel.database.AccountId;
import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client names a request by, so that it can send it again.
 *
 * @param value 1 to 255 visible characters of ASCII
 * @see <a href=
 * "https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 * Idempotency-Key HTTP header field</a>
 */
record IdempotencyKey(String value) {

	private static final Object CONTEXT_KEY = IdempotencyKey.class;

	private static final int MAX_LENGTH = 255;

	static boolean isValid(String value) {
		return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch((c) -> c > ' ' && c < 0x7f);
	}

	static void put(GraphQLContext context, String value) {
		context.put(CONTEXT_KEY, new IdempotencyKey(value));
	}

	static @Nullable IdempotencyKey find(GraphQLContext context) {
		return context.get(CONTEXT_KEY);
	}

	/**
	 * One field of a request.
	 *
	 * @param account who sends it
	 * @param key the request's key
	 * @param index the place of the field among those of the mutation, from 0 on: not the
	 * name under which it is answered, so that a key that is used for another request is
	 * found out
	 */
	record Field(AccountId account, IdempotencyKey key, int index) {
	}

}
