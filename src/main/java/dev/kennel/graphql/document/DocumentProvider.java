package dev.kennel.graphql.document;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.TrustedDocuments.Trusted;
import dev.kennel.graphql.limit.LimitEnforcer;
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
 * Provides the document of a request, and admits or refuses its operation, for every
 * transport and before anything is executed.
 */
@Component
class DocumentProvider implements PreparsedDocumentProvider {

	/** Longer than any operation's name; graphql-java quotes names in its errors. */
	private static final int MAX_NAME_LENGTH = 255;

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

	@Override
	public CompletableFuture<PreparsedDocumentEntry> getDocumentAsync(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parseAndValidate) {
		try {
			GraphQLContext context = input.getGraphQLContext();
			this.limits.begin(context);
			String name = input.getOperationName();
			if (name != null && name.length() > MAX_NAME_LENGTH) {
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
				// graphql-java would execute the first one.
				throw ApiException.of(ErrorCode.OPERATION_RESOLUTION_FAILURE,
						"Must provide operation name if query contains multiple operations.");
			}
			// graphql-java reports an unknown operation.
			if (operation != null) {
				operation.requiredVariables().check(input.getVariables());
				this.limits.admit(operation.cost(), input.getVariables(), context);
				operation.putInto(context);
				// Checked once per document instead of for each request.
				context.put(GoodFaithIntrospection.GOOD_FAITH_INTROSPECTION_DISABLED, true);
			}
			return entry;
		}
		catch (CoercingParseValueException ex) {
			return new PreparsedDocumentEntry(ApiErrorFactory.ofGraphQlJava(ex, ""));
		}
		catch (ApiException ex) {
			return DocumentPreparation.refusal(ex);
		}
	}

	private CompletableFuture<PreparsedDocumentEntry> find(ExecutionInput input) {
		PersistedQuery persisted = PersistedQuery.of(input.getExtensions());
		String text = text(input, persisted);
		Trusted trustedById = (persisted != null) ? this.trusted.find(persisted.id()) : null;
		if (text == null) {
			return CompletableFuture
				.completedFuture((trustedById != null) ? trustedById.document() : byHash(persisted));
		}
		this.limits.checkSize(utf8Length(text));
		DocumentHash hash = DocumentHash.of(text);
		if (persisted != null) {
			DocumentHash claimed = (trustedById != null) ? trustedById.hash() : DocumentHash.parse(persisted.id());
			if (!hash.equals(claimed)) {
				throw ApiException.of(ErrorCode.BAD_USER_INPUT, "provided sha does not match query");
			}
		}
		Trusted trustedByHash = this.trusted.find(hash);
		if (trustedByHash != null) {
			return CompletableFuture.completedFuture(trustedByHash.document());
		}
		refuseUntrustedIfStrict();
		return this.cache.getAsync(hash, text.length(), () -> this.preparation.prepare(text));
	}

	/** Returns the document that has been sent, or null if only its hash has. */
	private static @Nullable String text(ExecutionInput input, @Nullable PersistedQuery persisted) {
		String text = input.getQuery();
		return (persisted != null && (text.isEmpty() || text.equals(PersistedQuerySupport.PERSISTED_QUERY_MARKER)))
				? null : text;
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

	private PreparsedDocumentEntry byHash(@Nullable PersistedQuery persisted) {
		DocumentHash hash = (persisted != null) ? DocumentHash.parse(persisted.id()) : null;
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
					"Only trusted documents are run (kennel.graphql.trusted-documents.mode), and this is none.");
		}
	}

}
