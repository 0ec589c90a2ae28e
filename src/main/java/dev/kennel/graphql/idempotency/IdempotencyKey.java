package dev.kennel.graphql.idempotency;

import java.util.List;

import dev.kennel.identity.AccountId;
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
public record IdempotencyKey(String value) {

	/** The header of the HTTP request. */
	public static final String HEADER = "Idempotency-Key";

	private static final Object CONTEXT_KEY = IdempotencyKey.class;

	private static final int MAX_LENGTH = 255;

	/**
	 * Answers whether a request may have such headers.
	 * @param values the values of all headers of this name
	 * @return whether there is none, or one that is a key
	 */
	public static boolean isValid(List<String> values) {
		return values.isEmpty() || (values.size() == 1 && isValid(values.getFirst()));
	}

	private static boolean isValid(String value) {
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
	 * @param index the place of the field among those that are run and covered by the
	 * key, from 0 on: not the name under which it is answered, which may differ in a
	 * retry
	 */
	record Field(AccountId account, IdempotencyKey key, int index) {
	}

}
