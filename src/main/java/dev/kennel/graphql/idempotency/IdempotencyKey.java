package dev.kennel.graphql.idempotency;

import java.util.List;

import dev.kennel.identity.AccountId;

/**
 * The key with which a client identifies a request, so that it can retry it.
 *
 * @param value 1 to 255 visible ASCII characters
 * @see <a href=
 * "https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 * Idempotency-Key HTTP header field</a>
 */
public record IdempotencyKey(String value) {

	/** The header of the HTTP request. */
	public static final String HEADER = "Idempotency-Key";

	private static final int MAX_LENGTH = 255;

	/**
	 * Returns whether the headers of a request are valid.
	 * @param values the values of all headers of this name
	 * @return whether there is none, or one with a valid key
	 */
	public static boolean isValid(List<String> values) {
		return values.isEmpty() || (values.size() == 1 && isValid(values.getFirst()));
	}

	private static boolean isValid(String value) {
		return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch((c) -> c > ' ' && c < 0x7f);
	}

	/**
	 * One field of a request.
	 *
	 * @param account the caller's account
	 * @param key the request's key
	 * @param index the index of the field among the executed fields that the key covers,
	 * from 0: not its response key, which may differ in a retry
	 */
	record Field(AccountId account, IdempotencyKey key, int index) {
	}

}
