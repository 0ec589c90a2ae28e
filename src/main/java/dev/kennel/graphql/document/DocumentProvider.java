package dev.kennel.graphql.document;

import java.util.concurrent.CompletableFuture;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.TrustedDocuments.Trusted;
import dev.kennel.graphql.limit.LimitEnforcer;
import graphql.ExecutionInput;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Provides the document of a request: a trusted one, a cached one, or one that it parses
 * and validates.
 */
@Component
public class DocumentProvider {

	private final DocumentCache cache;

	private final DocumentPreparation preparation;

	private final TrustedDocuments trusted;

	private final LimitEnforcer limits;

	DocumentProvider(DocumentCache cache, DocumentPreparation preparation, TrustedDocuments trusted,
			LimitEnforcer limits) {
		this.cache = cache;
		this.preparation = preparation;
		this.trusted = trusted;
		this.limits = limits;
	}

	/**
	 * Returns the document of a request.
	 * @param input the request
	 * @param documentId its {@code documentId}, or null
	 * @return a future of a {@link PreparedDocument}, or of the errors of the document
	 */
	public CompletableFuture<PreparsedDocumentEntry> find(ExecutionInput input, @Nullable String documentId) {
		try {
			return findOrRefuse(input, documentId);
		}
		catch (ApiException ex) {
			return CompletableFuture.completedFuture(DocumentPreparation.refusal(ex));
		}
	}

	private CompletableFuture<PreparsedDocumentEntry> findOrRefuse(ExecutionInput input, @Nullable String documentId) {
		DocumentId id = DocumentId.of(documentId, input.getExtensions());
		String text = text(input, id);
		Trusted trustedById = (id != null) ? this.trusted.find(id.value()) : null;
		if (text == null) {
			return CompletableFuture.completedFuture((trustedById != null) ? trustedById.document() : byHash(id));
		}
		this.limits.checkSize(utf8Length(text));
		DocumentHash hash = DocumentHash.of(text);
		if (id != null && !((trustedById != null) ? hash.equals(trustedById.hash()) : id.isOf(hash))) {
			throw ApiException.of(ErrorCode.BAD_USER_INPUT, "provided sha does not match query");
		}
		Trusted trustedByHash = this.trusted.find(hash);
		if (trustedByHash != null) {
			return CompletableFuture.completedFuture(trustedByHash.document());
		}
		refuseUntrustedIfStrict();
		return this.cache.getAsync(hash, text.length(), () -> this.preparation.prepare(text));
	}

	/** Returns the document that has been sent, or null if only its identifier has. */
	private static @Nullable String text(ExecutionInput input, @Nullable DocumentId id) {
		String text = input.getQuery();
		return (id != null && (text.isEmpty() || text.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER))) ? null
				: text;
	}

	/**
	 * Returns the length of a text in UTF-8.
	 * @throws ApiException with GRAPHQL_PARSE_FAILED if the text has an unpaired
	 * surrogate, which UTF-8 can't encode: its hash would be that of another text
	 */
	private static long utf8Length(String text) {
		long length = text.length();
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character < 0x80) {
				continue;
			}
			length += (character < 0x800) ? 1 : 2;
			if (Character.isSurrogate(character)) {
				if (i + 1 == text.length() || !Character.isSurrogatePair(character, text.charAt(i + 1))) {
					throw ApiException.of(ErrorCode.GRAPHQL_PARSE_FAILED, "The document has half of a surrogate pair.");
				}
				// A surrogate pair is four bytes.
				i++;
			}
		}
		return length;
	}

	private PreparsedDocumentEntry byHash(@Nullable DocumentId id) {
		DocumentHash hash = (id != null) ? id.hash() : null;
		Trusted trustedByHash = (hash != null) ? this.trusted.find(hash) : null;
		if (trustedByHash != null) {
			return trustedByHash.document();
		}
		refuseUntrustedIfStrict();
		PreparedDocument document = (hash != null) ? this.cache.find(hash) : null;
		if (document == null) {
			// Apollo's link compares this text.
			throw ApiException.of(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound");
		}
		return document;
	}

	private void refuseUntrustedIfStrict() {
		if (this.trusted.areRequired()) {
			throw ApiException.of(ErrorCode.PERSISTED_QUERY_REQUIRED,
					"Only trusted documents are executed (kennel.graphql.trusted-documents.mode), and this document is not trusted.");
		}
	}

}
