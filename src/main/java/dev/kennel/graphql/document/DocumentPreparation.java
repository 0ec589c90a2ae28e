package dev.kennel.graphql.document;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.kennel.engine.plan.RequiredVariables;
import dev.kennel.engine.plan.StreamDirectiveValidator;
import dev.kennel.error.ApiError;
import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.limit.LimitEnforcer;
import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.ParseAndValidate;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.language.SourceLocation;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import graphql.schema.GraphQLSchema;
import graphql.validation.ValidationError;
import graphql.validation.ValidationErrorClassification;
import graphql.validation.ValidationErrorType;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.stereotype.Component;

/**
 * Parses, validates and costs documents. Limits are checked before each step that could
 * take long.
 */
@Component
class DocumentPreparation {

	/** Kennel's own limits are checked before parsing. */
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

	private static final int MAX_TOKEN_LENGTH = 30;

	private static final Pattern NULL_NAME = Pattern.compile("peration 'null'");

	private final LimitEnforcer limits;

	/** Resolved lazily: the schema's source depends on this bean. */
	private final ObjectProvider<GraphQlSource> source;

	/**
	 * Errors about names in the document: the coordinate of a variable's or a fragment's
	 * type would not explain them.
	 */
	private static final Set<ValidationErrorClassification> NAMES = Set.of(ValidationErrorType.UnusedVariable,
			ValidationErrorType.DuplicateVariableName, ValidationErrorType.UnusedFragment,
			ValidationErrorType.DuplicateFragmentName, ValidationErrorType.FragmentCycle);

	DocumentPreparation(LimitEnforcer limits, ObjectProvider<GraphQlSource> source) {
		this.limits = limits;
		this.source = source;
	}

	/**
	 * Parses, validates and costs a document.
	 * @param text the document
	 * @return a {@link PreparedDocument}, or the errors that the document has
	 */
	PreparsedDocumentEntry prepare(String text) {
		try {
			this.limits.checkText(text);
			September2025Source source = September2025Source.read(text);
			SourceLocation invalidEscape = source.invalidEscape();
			if (invalidEscape != null) {
				return new PreparsedDocumentEntry(invalidSyntax(invalidEscape));
			}
			Document document = parse(source.text());
			this.limits.checkShape(document);
			GraphQLSchema schema = this.source.getObject().schema();
			List<ValidationError> errors = ParseAndValidate.validate(schema, document, Locale.ENGLISH);
			if (errors.isEmpty()) {
				errors = StreamDirectiveValidator.validate(schema, document);
			}
			return errors.isEmpty()
					? new PreparedDocument(document, (operation) -> this.limits.cost(schema, document, operation),
							RequiredVariables.ofDirectives(schema, document))
					: new PreparsedDocumentEntry(document, explained(schema, document, errors));
		}
		catch (InvalidSyntaxException ex) {
			return new PreparsedDocumentEntry(syntaxError(ex));
		}
		catch (ApiException ex) {
			return refusal(ex);
		}
	}

	/**
	 * Removes long tokens and strings from the parser's message, which quotes them: the
	 * rest of the document if a string is not terminated, or the string, which may be a
	 * password.
	 */
	private static GraphQLError syntaxError(InvalidSyntaxException failure) {
		String token = failure.getOffendingToken();
		SourceLocation location = failure.getLocation();
		if (location != null && (token == null || token.length() > MAX_TOKEN_LENGTH || token.startsWith("\"")
				|| token.startsWith("'"))) {
			return invalidSyntax(location);
		}
		return invalidSyntax(location, String.valueOf(failure.getMessage()));
	}

	private static GraphQLError invalidSyntax(SourceLocation location) {
		return invalidSyntax(location,
				"Invalid syntax at line %d column %d".formatted(location.getLine(), location.getColumn()));
	}

	private static GraphQLError invalidSyntax(@Nullable SourceLocation location, String message) {
		GraphQLError.Builder<?> error = GraphQLError.newError().errorType(ErrorType.InvalidSyntax).message(message);
		return ((location != null) ? error.location(location) : error).build();
	}

	/**
	 * Adds the coordinates of what is invalid, and removes the name 'null' that
	 * graphql-java prints for an anonymous operation.
	 */
	private static List<ApiError> explained(GraphQLSchema schema, Document document, List<ValidationError> errors) {
		boolean anonymous = document.getDefinitionsOfType(OperationDefinition.class)
			.stream()
			.anyMatch((operation) -> operation.getName() == null);
		Map<SourceLocation, String> coordinates = SchemaCoordinates.byLocation(schema, document);
		return errors.stream().map((error) -> {
			String message = anonymous ? NULL_NAME.matcher(error.getMessage()).replaceAll("peration")
					: error.getMessage();
			List<SourceLocation> locations = error.getLocations();
			String coordinate = (locations.isEmpty() || isAboutName(error.getValidationErrorType())) ? null
					: coordinates.get(locations.getFirst());
			return ApiErrorFactory.ofValidation(message, locations, coordinate);
		}).toList();
	}

	private static boolean isAboutName(@Nullable ValidationErrorClassification type) {
		return type != null && NAMES.contains(type);
	}

	/** Returns an entry that has nothing but an error. */
	static PreparsedDocumentEntry refusal(ApiException refusal) {
		return new PreparsedDocumentEntry(ApiErrorFactory.ofRequest(refusal, ""));
	}

	private static Document parse(String text) {
		return new Parser().parseDocument(ParserEnvironment.newParserEnvironment()
			.document(new SurrogateSafeReader(text))
			.parserOptions(UNLIMITED)
			.locale(Locale.ENGLISH)
			.build());
	}

}
