package dev.kennel.graphql.document;

import java.util.List;
import java.util.Locale;

import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.limit.Admission;
import graphql.ParseAndValidate;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.schema.GraphQLSchema;
import graphql.validation.ValidationError;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.stereotype.Component;

/**
 * Finds out all there is to know of a document. What it may have is limited before each
 * step that could take long.
 */
@Component
class DocumentPreparation {

	/** The limits are the service's own, and have been checked before. */
	private static final ParserOptions UNLIMITED = ParserOptions.newParserOptions()
		.captureIgnoredChars(false)
		.captureSourceLocation(true)
		.captureLineComments(false)
		.readerTrackData(true)
		.maxCharacters(Integer.MAX_VALUE)
		.maxTokens(Integer.MAX_VALUE)
		.maxWhitespaceTokens(Integer.MAX_VALUE)
		.maxRuleDepth(Integer.MAX_VALUE)
		.build();

	private final Admission admission;

	/** It is made with what makes use of this. */
	private final ObjectProvider<GraphQlSource> source;

	DocumentPreparation(Admission admission, ObjectProvider<GraphQlSource> source) {
		this.admission = admission;
		this.source = source;
	}

	/**
	 * Parses, validates and costs a document.
	 * @param text the document
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	PreparsedDocumentEntry prepare(String text) {
		try {
			this.admission.checkText(text);
			Document document = parse(text);
			this.admission.checkShape(document);
			GraphQLSchema schema = this.source.getObject().schema();
			List<ValidationError> errors = ParseAndValidate.validate(schema, document, Locale.ENGLISH);
			return errors.isEmpty()
					? new PreparedDocument(document, (operation) -> this.admission.cost(schema, document, operation))
					: new PreparsedDocumentEntry(document, errors);
		}
		catch (InvalidSyntaxException ex) {
			return new PreparsedDocumentEntry(ex.toInvalidSyntaxError());
		}
		catch (ApiException ex) {
			return refusal(ex);
		}
	}

	/** An answer that has nothing but an error. */
	static PreparsedDocumentEntry refusal(ApiException refusal) {
		return new PreparsedDocumentEntry(ApiErrors.ofRequest(refusal, ""));
	}

	private static Document parse(String text) {
		return new Parser().parseDocument(ParserEnvironment.newParserEnvironment()
			.document(text)
			.parserOptions(UNLIMITED)
			.locale(Locale.ENGLISH)
			.build());
	}

}
