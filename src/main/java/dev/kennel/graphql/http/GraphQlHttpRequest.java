package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.limit.Admission;
import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * One operation that a client wants to be run, well-formed: over HTTP, or as the payload
 * of a message on a WebSocket.
 *
 * @param document the document, or {@link PersistedQuerySupport#PERSISTED_QUERY_MARKER}
 * where {@code extensions} name a persisted one instead
 * @param operationName which of the document's operations is meant, or null
 * @param variables values of variables, or null
 * @param extensions what else the client says, or null
 * @see <a href=
 * "https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters">GraphQL
 * over HTTP, request parameters</a>
 */
public record GraphQlHttpRequest(String document, @Nullable String operationName,
		@Nullable Map<String, @Nullable Object> variables, @Nullable Map<String, @Nullable Object> extensions) {

	static final String QUERY = "query";

	static final String OPERATION_NAME = "operationName";

	static final String VARIABLES = "variables";

	static final String EXTENSIONS = "extensions";

	private static final String PERSISTED_QUERY = "persistedQuery";

	/**
	 * Makes a request of its members.
	 * @param members the members; those of other names are not looked at
	 * @return the request
	 * @throws BadRequestException if a member is missing or of the wrong type
	 */
	public static GraphQlHttpRequest of(Map<?, ?> members) {
		String operationName = optional(members, OPERATION_NAME, String.class, "a string");
		Map<String, @Nullable Object> variables = optionalObject(members, VARIABLES);
		Map<String, @Nullable Object> extensions = optionalObject(members, EXTENSIONS);
		return new GraphQlHttpRequest(document(members, extensions), operationName, variables, extensions);
	}

	private static String document(Map<?, ?> members, @Nullable Map<String, @Nullable Object> extensions) {
		Object query = members.get(QUERY);
		if (query == null && extensions != null && extensions.get(PERSISTED_QUERY) instanceof Map) {
			return PersistedQuerySupport.PERSISTED_QUERY_MARKER;
		}
		// That marker would be taken for a document that is not there.
		if (query instanceof String document && !document.isBlank()
				&& !document.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER)) {
			return document;
		}
		throw BadRequestException.illFormed("The member \"query\" has to be a string with a GraphQL document.");
	}

	@SuppressWarnings("unchecked")
	private static @Nullable Map<String, @Nullable Object> optionalObject(Map<?, ?> members, String name) {
		return optional(members, name, Map.class, "an object");
	}

	private static <T> @Nullable T optional(Map<?, ?> members, String name, Class<T> type, String description) {
		Object value = members.get(name);
		if (value == null || type.isInstance(value)) {
			return type.cast(value);
		}
		throw BadRequestException
			.illFormed("The member \"" + name + "\" has to be " + description + ", null or absent.");
	}

	/**
	 * Answers whether the document has an operation that goes on, as far as that can be
	 * told without parsing it: what is not one may be taken for one, but not the reverse.
	 */
	boolean mayBeSubscription() {
		return this.document.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER)
				|| this.document.contains("subscription");
	}

	/**
	 * Counts the bytes of the document in UTF-8.
	 * @param left how many there may be
	 * @param limit how many there may be in the whole request
	 * @return how many there are
	 * @throws BadRequestException if there are more than are left
	 */
	long requireSize(long left, long limit) {
		long size = this.document.length();
		if (size <= left) {
			size = utf8Length(this.document);
		}
		if (size > left) {
			ApiException tooLarge = Admission.documentTooLarge(limit - left + utf8Length(this.document), limit);
			throw new BadRequestException(HttpStatus.BAD_REQUEST.value(), ApiErrorFactory.ofRequest(tooLarge, ""), Map.of());
		}
		return size;
	}

	private static int utf8Length(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) >= 0x80) {
				return text.getBytes(StandardCharsets.UTF_8).length;
			}
		}
		return text.length();
	}

	/**
	 * Returns the members as Spring GraphQL takes them.
	 * @return the members that are there
	 */
	public Map<String, Object> toMap() {
		Map<String, Object> members = HashMap.newHashMap(4);
		members.put(QUERY, this.document);
		if (this.operationName != null) {
			members.put(OPERATION_NAME, this.operationName);
		}
		if (this.variables != null) {
			members.put(VARIABLES, this.variables);
		}
		if (this.extensions != null) {
			members.put(EXTENSIONS, this.extensions);
		}
		return members;
	}

}
