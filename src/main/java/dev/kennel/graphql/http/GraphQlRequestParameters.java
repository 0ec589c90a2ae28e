package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

import dev.kennel.engine.ErrorBehavior;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.document.DocumentId;
import dev.kennel.graphql.limit.LimitEnforcer;
import dev.kennel.graphql.operation.OperationContext;
import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.http.HttpStatus;

/**
 * The parameters of a well-formed GraphQL request: the members of an HTTP body, the query
 * parameters of a URL, or the payload of a WebSocket's {@code subscribe} message.
 *
 * @param document the document, or {@link PersistedQuerySupport#PERSISTED_QUERY_MARKER}
 * if {@code documentId} or {@code extensions} identify it instead
 * @param documentId the identifier of the document, or null
 * @param operationName the name of the operation to execute, or null
 * @param variables the values of the variables, or null
 * @param onError what an error does to the data, or null for the default
 * @param extensions the protocol extensions, or null
 * @see <a href=
 * "https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters">GraphQL
 * over HTTP, request parameters</a>
 */
public record GraphQlRequestParameters(String document, @Nullable String documentId, @Nullable String operationName,
		@Nullable Map<String, @Nullable Object> variables, @Nullable ErrorBehavior onError,
		@Nullable Map<String, @Nullable Object> extensions) {

	static final String QUERY = "query";

	static final String DOCUMENT_ID = "documentId";

	static final String ON_ERROR = "onError";

	static final String OPERATION_NAME = "operationName";

	static final String VARIABLES = "variables";

	static final String EXTENSIONS = "extensions";

	private static final int MAX_TYPENAME_QUERY = 100;

	/**
	 * With a name and an alias, as clients send it to learn whether the service works.
	 */
	private static final Pattern TYPENAME_QUERY = Pattern
		.compile("\\s*(query(\\s+\\w+)?)?\\s*\\{\\s*(\\w+\\s*:\\s*)?__typename\\s*}\\s*");

	/**
	 * Creates the parameters from JSON members.
	 * @param members the members; unknown ones are ignored
	 * @return the parameters
	 * @throws BadRequestException if a member is missing or of the wrong type
	 */
	public static GraphQlRequestParameters of(Map<?, ?> members) {
		String documentId = optional(members, DOCUMENT_ID, String.class, "a string");
		if (documentId != null && documentId.isEmpty()) {
			throw BadRequestException.illFormed("The member \"documentId\" has to identify a document.");
		}
		String operationName = optional(members, OPERATION_NAME, String.class, "a string");
		Map<String, @Nullable Object> variables = optionalObject(members, VARIABLES);
		Map<String, @Nullable Object> extensions = optionalObject(members, EXTENSIONS);
		return new GraphQlRequestParameters(document(members, documentId, extensions), documentId, operationName,
				variables, onError(members), extensions);
	}

	private static @Nullable ErrorBehavior onError(Map<?, ?> members) {
		String onError = optional(members, ON_ERROR, String.class, "a string");
		if (onError == null) {
			return null;
		}
		for (ErrorBehavior behavior : ErrorBehavior.values()) {
			if (behavior.name().equals(onError)) {
				return behavior;
			}
		}
		throw BadRequestException
			.illFormed("The member \"onError\" has to be PROPAGATE, NULL or HALT, null or absent.");
	}

	private static String document(Map<?, ?> members, @Nullable String documentId,
			@Nullable Map<String, @Nullable Object> extensions) {
		Object query = members.get(QUERY);
		if (query == null && (documentId != null
				|| (extensions != null && extensions.get(DocumentId.EXTENSION) instanceof Map))) {
			return PersistedQuerySupport.PERSISTED_QUERY_MARKER;
		}
		// The marker in "query" would be mistaken for a missing document.
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
	 * Returns whether the document may contain a subscription. It is not parsed: false
	 * positives are possible, false negatives are not.
	 */
	boolean mayContainSubscription() {
		return this.document.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER)
				|| this.document.contains("subscription");
	}

	/**
	 * Returns whether the document is certainly a query of {@code __typename} alone. It
	 * is not parsed: false negatives are possible, false positives are not.
	 * @return whether the operation touches no data, and takes no time
	 */
	public boolean queriesTypenameOnly() {
		return this.document.length() <= MAX_TYPENAME_QUERY && TYPENAME_QUERY.matcher(this.document).matches();
	}

	/**
	 * Checks the size of the document in UTF-8.
	 * @param remaining the number of bytes that remain
	 * @param limit the maximum number of bytes of the whole request
	 * @return the size in bytes
	 * @throws BadRequestException if the document exceeds the remaining bytes
	 */
	long checkSize(long remaining, long limit) {
		long size = this.document.length();
		if (size <= remaining) {
			size = utf8Length(this.document);
		}
		if (size > remaining) {
			ApiException tooLarge = LimitEnforcer.documentTooLarge(limit - remaining + utf8Length(this.document),
					limit);
			throw new BadRequestException(HttpStatus.BAD_REQUEST.value(), ApiErrorFactory.ofRequest(tooLarge, ""),
					Map.of());
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
	 * Passes on the members that Spring GraphQL does not know.
	 * @param request the request that is executed
	 */
	public void configure(WebGraphQlRequest request) {
		if (this.documentId == null && this.onError == null) {
			return;
		}
		request.configureExecutionInput((input, builder) -> {
			if (this.documentId != null) {
				OperationContext.of(input).setDocumentId(this.documentId);
			}
			if (this.onError != null) {
				this.onError.putInto(input.getGraphQLContext());
			}
			return input;
		});
	}

	/**
	 * Returns the members as Spring GraphQL expects them.
	 * @return the members that are present
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
