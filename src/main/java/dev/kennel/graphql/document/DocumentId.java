package dev.kennel.graphql.document;

import java.util.Map;
import java.util.Objects;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The identifier of a document, which a request has in place of the document or beside
 * it: its {@code documentId}, or its {@code extensions.persistedQuery}.
 *
 * @see <a href=
 * "https://github.com/graphql/graphql-over-http/blob/persisted-documents/spec/Appendix%20A%20--%20Persisted%20Documents.md">GraphQL
 * over HTTP, appendix A: persisted documents</a>
 * @see <a href= "https://www.apollographql.com/docs/apollo-server/performance/apq">Apollo
 * Server: automatic persisted queries</a>
 */
public final class DocumentId {

	/** The member of {@code extensions} with the hash of Apollo's persisted queries. */
	public static final String EXTENSION = "persistedQuery";

	private static final int VERSION = 1;

	private static final String SHA_256 = "sha256:";

	private final String value;

	private final @Nullable DocumentHash hash;

	private DocumentId(String value, @Nullable DocumentHash hash) {
		this.value = value;
		this.hash = hash;
	}

	/**
	 * Returns the identifier of a request.
	 * @param documentId the member of this name, or null
	 * @param extensions the protocol extensions
	 * @return the identifier, or null if the request has none
	 * @throws ApiException with BAD_REQUEST if it is malformed, or if there are two
	 * different ones
	 */
	static @Nullable DocumentId of(@Nullable String documentId, Map<String, Object> extensions) {
		DocumentId ofMember = (documentId != null) ? ofMember(documentId) : null;
		DocumentId ofExtension = ofExtension(extensions.get(EXTENSION));
		if (ofMember == null || ofExtension == null) {
			return (ofMember != null) ? ofMember : ofExtension;
		}
		if (ofMember.hash == null ? !ofMember.value.equals(ofExtension.value)
				: !ofMember.hash.equals(ofExtension.hash)) {
			throw ApiException.of(ErrorCode.BAD_REQUEST,
					"The documentId and extensions.persistedQuery identify different documents.");
		}
		return ofMember;
	}

	private static DocumentId ofMember(String value) {
		if (!value.startsWith(SHA_256)) {
			return new DocumentId(value, DocumentHash.parse(value));
		}
		DocumentHash hash = DocumentHash.parse(value.substring(SHA_256.length()));
		if (hash == null || value.chars().anyMatch(Character::isUpperCase)) {
			throw ApiException.of(ErrorCode.BAD_REQUEST,
					"A documentId that starts with \"sha256:\" continues with 64 hexadecimal digits in lower case.");
		}
		return new DocumentId(value, hash);
	}

	private static @Nullable DocumentId ofExtension(@Nullable Object extension) {
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
		return new DocumentId(id, DocumentHash.parse(id));
	}

	/** Returns the identifier as sent, which may be that of a trusted document. */
	String value() {
		return this.value;
	}

	/** Returns the SHA-256 of the document, or null if the identifier is none. */
	@Nullable DocumentHash hash() {
		return this.hash;
	}

	/** Returns whether this is the SHA-256 of a document. */
	boolean isOf(DocumentHash document) {
		return Objects.equals(this.hash, document);
	}

}
