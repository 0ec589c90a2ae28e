package dev.kennel.graphql.document;

import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The {@code extensions.persistedQuery} of a request.
 *
 * @param id the SHA-256 of a document in hexadecimal, or the id of a trusted document
 * @see <a href= "https://www.apollographql.com/docs/apollo-server/performance/apq">Apollo
 * Server: automatic persisted queries</a>
 */
record PersistedQuery(String id) {

	private static final String EXTENSION = "persistedQuery";

	private static final int VERSION = 1;

	/**
	 * Reads the extension.
	 * @return the extension, or null if there is none
	 * @throws ApiException with BAD_REQUEST if it is malformed
	 */
	static @Nullable PersistedQuery of(Map<String, ?> extensions) {
		Object extension = extensions.get(EXTENSION);
		if (extension == null) {
			return null;
		}
		if (!(extension instanceof Map<?, ?> members) || !(members.get("version") instanceof Number version)
				|| version.doubleValue() != VERSION) {
			throw ApiException.of(ErrorCode.BAD_REQUEST,
					"Unsupported persisted query version: extensions.persistedQuery has to have the version 1.");
		}
		if (!(members.get("sha256Hash") instanceof String id) || id.isEmpty()) {
			throw ApiException.of(ErrorCode.BAD_REQUEST,
					"The member \"sha256Hash\" of extensions.persistedQuery has to be a string.");
		}
		return new PersistedQuery(id);
	}

}
