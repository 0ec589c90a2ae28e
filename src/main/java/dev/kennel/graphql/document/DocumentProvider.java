package dev.kennel.graphql.document;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.TrustedDocuments.Trusted;
import dev.kennel.graphql.limit.Admission;
import graphql.ExecutionInput;
import graphql.GraphQLContext;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import graphql.execution.preparsed.persisted.PersistedQuerySupport;
import graphql.introspection.GoodFaithIntrospection;
import graphql.schema.CoercingParseValueException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Finds the document that a request means, and lets its operation in or not. Every
 * transport comes by here, and nothing has been run before.
 */
@Component
class DocumentProvider implements PreparsedDocumentProvider {

	/** Longer than any operation's name; the engine would repeat it. */
	private static final int MAX_NAME = 255;

	private final DocumentCache cache;

	private final DocumentPreparation preparation;

	private final TrustedDocuments trusted;

	private final Admission admission;

	DocumentProvider(DocumentCache cache, DocumentPreparation preparation, TrustedDocuments trusted, Admission admission) {
		this.cache = cache;
		this.preparation = preparation;
		this.trusted = trusted;
		this.admission = admission;
	}

	@Override
	public CompletableFuture<PreparsedDocumentEntry> getDocumentAsync(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parseAndValidate) {
		try {
			GraphQLContext context = input.getGraphQLContext();
			this.admission.begin(context);
			String name = input.getOperationName();
			if (name != null && name.length() > MAX_NAME) {
				throw ApiException.of(ErrorCode.OPERATION_RESOLUTION_FAILURE,
						"There is no operation with a name of " + name.length() + " characters.");
			}
			return find(input).thenApply((entry) -> admit(entry, input));
		}
		catch (ApiException ex) {
			return CompletableFuture.completedFuture(DocumentPreparation.refusal(ex));
		}
	}

	private PreparsedDocumentEntry admit(PreparsedDocumentEntry entry, ExecutionInput input) {
		if (!(entry instanceof PreparedDocument document)) {
			return entry;
		}
		String name = input.getOperationName();
		GraphQLContext context = input.getGraphQLContext();
		PreparedOperation operation = document.operation(name);
		try {
			if (operation == null && "".equals(name) && document.operations().size() > 1) {
				// The engine would run the first one.
				throw ApiException.of(ErrorCode.OPERATION_RESOLUTION_FAILURE,
						"Must provide operation name if query contains multiple operations.");
			}
			// If there is none, it is for the engine to say so.
			if (operation != null) {
				operation.requiredVariables().check(input.getVariables());
				this.admission.admit(operation.cost(), input.getVariables(), context);
				operation.putInto(context);
				// It has been found out before, and is not to be for each request.
				context.put(GoodFaithIntrospection.GOOD_FAITH_INTROSPECTION_DISABLED, true);
			}
			return entry;
		}
		catch (CoercingParseValueException ex) {
			return new PreparsedDocumentEntry(ApiErrorFactory.ofEngine(ex, ""));
		}
		catch (ApiException ex) {
			return DocumentPreparation.refusal(ex);
		}
	}

	private CompletableFuture<PreparsedDocumentEntry> find(ExecutionInput input) {
		PersistedQuery persisted = PersistedQuery.of(input.getExtensions());
		String text = text(input, persisted);
		Trusted named = (persisted != null) ? this.trusted.find(persisted.id()) : null;
		if (text == null) {
			return CompletableFuture.completedFuture((named != null) ? named.document() : byHash(persisted));
		}
		this.admission.checkSize(utf8Length(text));
		DocumentHash hash = DocumentHash.of(text);
		if (persisted != null) {
			DocumentHash claimed = (named != null) ? named.hash() : DocumentHash.parse(persisted.id());
			if (!hash.equals(claimed)) {
				throw ApiException.of(ErrorCode.BAD_USER_INPUT, "provided sha does not match query");
			}
		}
		Trusted known = this.trusted.find(hash);
		if (known != null) {
			return CompletableFuture.completedFuture(known.document());
		}
		requireNoTrust();
		return this.cache.getAsync(hash, text.length(), () -> this.preparation.prepare(text));
	}

	/** The document that has been sent, or null if there is its hash only. */
	private static @Nullable String text(ExecutionInput input, @Nullable PersistedQuery persisted) {
		String text = input.getQuery();
		return (persisted != null && (text.isEmpty() || text.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER)))
				? null : text;
	}

	/**
	 * Counts bytes.
	 * @throws ApiException with GRAPHQL_PARSE_FAILED if the text has no UTF-8: it would
	 * have the hash of another
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
				// Two characters are four bytes.
				i++;
			}
		}
		return length;
	}

	private PreparsedDocumentEntry byHash(@Nullable PersistedQuery persisted) {
		DocumentHash hash = (persisted != null) ? DocumentHash.parse(persisted.id()) : null;
		Trusted known = (hash != null) ? this.trusted.find(hash) : null;
		if (known != null) {
			return known.document();
		}
		requireNoTrust();
		PreparedDocument document = (hash != null) ? this.cache.find(hash) : null;
		if (document == null) {
			// Apollo's link goes by this very text.
			throw ApiException.of(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound");
		}
		return document;
	}

	private void requireNoTrust() {
		if (this.trusted.areRequired()) {
			throw ApiException.of(ErrorCode.PERSISTED_QUERY_REQUIRED,
					"Only trusted documents are run (kennel.graphql.trusted-documents.mode), and this is none.");
		}
	}

}
