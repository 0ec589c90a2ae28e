package dev.kennel.graphql.idempotency;

import java.util.Set;

import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebSocketGraphQlRequest;

/**
 * A request with an {@code Idempotency-Key}, while its mutation fields are executed, one
 * after the other.
 */
public final class IdempotentRequest {

	private final IdempotencyKey key;

	private int executed;

	private byte @Nullable [] fingerprint;

	private IdempotentRequest(IdempotencyKey key) {
		this.key = key;
	}

	/**
	 * Returns the request with its key, which the HTTP transport has validated.
	 * @param request the request
	 * @return the request, or null if it has no key
	 */
	public static @Nullable IdempotentRequest of(WebGraphQlRequest request) {
		String value = request.getHeaders().getFirst(IdempotencyKey.HEADER);
		// The headers of a WebSocket are those of its handshake, and identify no request.
		return (value != null && !(request instanceof WebSocketGraphQlRequest))
				? new IdempotentRequest(new IdempotencyKey(value)) : null;
	}

	IdempotencyKey key() {
		return this.key;
	}

	/** Returns the index of the next executed field that the key covers, from 0. */
	synchronized int nextIndex() {
		return this.executed++;
	}

	/**
	 * Returns the fingerprint of the request.
	 * @param environment any of its fields
	 * @param argumentsJson the arguments of the field
	 * @param covered the names of the fields that a key covers
	 */
	synchronized byte[] fingerprint(DataFetchingEnvironment environment, String argumentsJson, Set<String> covered) {
		byte[] known = this.fingerprint;
		if (known == null) {
			known = RequestFingerprint.compute(environment, argumentsJson, covered);
			this.fingerprint = known;
		}
		return known;
	}

}
