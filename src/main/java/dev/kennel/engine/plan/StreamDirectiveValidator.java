package dev.kennel.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import graphql.introspection.Introspection;
import graphql.language.Argument;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.StringValue;
import graphql.language.VariableReference;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import graphql.validation.ValidationError;
import graphql.validation.ValidationErrorType;
import org.jspecify.annotations.Nullable;

/**
 * Validates {@code @stream}. graphql-java has the rules for {@code @defer} only.
 *
 * @see <a href="https://github.com/graphql/graphql-spec/pull/1110">GraphQL, incremental
 * delivery, validation</a>
 */
public final class StreamDirectiveValidator {

	private final GraphQLSchema schema;

	private final Map<String, FragmentDefinition> fragments = new HashMap<>();

	/** The labels of deferred fragments and streamed lists. */
	private final Set<String> labels = new HashSet<>();

	private final List<Directive> directives = new ArrayList<>();

	private final List<ValidationError> errors = new ArrayList<>();

	private StreamDirectiveValidator(GraphQLSchema schema) {
		this.schema = schema;
	}

	/**
	 * Validates a document.
	 * @param schema the schema
	 * @param document the document, which is valid otherwise
	 * @return the errors, if there are any: a label that is not unique or is a variable,
	 * a stream at the root of a mutation, in a subscription, of a field that is no list,
	 * or with a negative number of initial items
	 */
	public static List<ValidationError> validate(GraphQLSchema schema, Document document) {
		StreamDirectiveValidator rules = new StreamDirectiveValidator(schema);
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> rules.fragments.put(fragment.getName(), fragment));
		for (OperationDefinition operation : document.getDefinitionsOfType(OperationDefinition.class)) {
			boolean subscription = operation.getOperation() == OperationDefinition.Operation.SUBSCRIPTION;
			GraphQLCompositeType root = switch (operation.getOperation()) {
				case QUERY -> schema.getQueryType();
				case MUTATION -> schema.getMutationType();
				case SUBSCRIPTION -> schema.getSubscriptionType();
			};
			rules.check(operation.getSelectionSet(), root);
			if (subscription) {
				rules.checkSubscription(operation.getSelectionSet(), new HashSet<>());
			}
		}
		rules.fragments.values().forEach((fragment) -> {
			if (schema.getType(fragment.getTypeCondition().getName()) instanceof GraphQLCompositeType type) {
				rules.check(fragment.getSelectionSet(), type);
			}
		});
		rules.directives.forEach(rules::checkLabel);
		return rules.errors;
	}

	private void check(@Nullable SelectionSet selections, GraphQLCompositeType type) {
		if (selections == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			switch (selection) {
				case Field field -> check(field, type);
				case InlineFragment inline -> {
					addLabel(inline);
					check(inline.getSelectionSet(),
							(inline.getTypeCondition() != null && this.schema
								.getType(inline.getTypeCondition().getName()) instanceof GraphQLCompositeType condition)
										? condition : type);
				}
				case FragmentSpread spread -> addLabel(spread);
				default -> throw new IllegalStateException("Unknown selection " + selection);
			}
		}
	}

	/** Adds the label of a deferred fragment, which graphql-java has checked. */
	private void addLabel(DirectivesContainer<?> fragment) {
		Directive defer = DeferredFieldCollector.find(fragment, DeferredFieldCollector.DEFER);
		String label = (defer != null) ? DeferredFieldCollector.label(defer) : null;
		if (label != null) {
			this.labels.add(label);
		}
	}

	private void check(Field field, GraphQLCompositeType type) {
		GraphQLFieldDefinition definition = Introspection.getFieldDef(this.schema, type, field.getName());
		Directive stream = DeferredFieldCollector.find(field, DeferredFieldCollector.STREAM);
		if (stream != null) {
			this.directives.add(stream);
			if (type.equals(this.schema.getMutationType())) {
				add(stream, ValidationErrorType.MisplacedDirective, "The root fields of a mutation can't be streamed.");
			}
			Argument initialCount = stream.getArgument("initialCount");
			if (initialCount != null && initialCount.getValue() instanceof IntValue literal
					&& literal.getValue().signum() < 0) {
				add(stream, ValidationErrorType.WrongType, "The initialCount of a stream can't be negative.");
			}
			if (!(GraphQLTypeUtil.unwrapNonNull(definition.getType()) instanceof GraphQLList)) {
				add(stream, ValidationErrorType.MisplacedDirective,
						"A stream needs a list, which '" + field.getName() + "' is not.");
			}
		}
		if (GraphQLTypeUtil.unwrapAll(definition.getType()) instanceof GraphQLCompositeType nested) {
			check(field.getSelectionSet(), nested);
		}
	}

	private void checkLabel(Directive stream) {
		Argument label = stream.getArgument("label");
		if (label != null && label.getValue() instanceof VariableReference) {
			add(stream, ValidationErrorType.WrongType, "A label can't be a variable.");
		}
		else if (label != null && label.getValue() instanceof StringValue text && !this.labels.add(text.getValue())) {
			add(stream, ValidationErrorType.DuplicateIncrementalLabel, "A label has to be unique.");
		}
	}

	/** Refuses directives that are always on. */
	private void checkSubscription(@Nullable SelectionSet selections, Set<String> seen) {
		if (selections == null) {
			return;
		}
		for (Selection<?> selection : selections.getSelections()) {
			switch (selection) {
				case Field field -> {
					Directive stream = DeferredFieldCollector.find(field, DeferredFieldCollector.STREAM);
					if (stream != null && isAlwaysEnabled(stream)) {
						add(stream, ValidationErrorType.MisplacedDirective,
								"Events of a subscription are delivered whole.");
					}
					checkSubscription(field.getSelectionSet(), seen);
				}
				case InlineFragment inline -> checkSubscription(inline.getSelectionSet(), seen);
				case FragmentSpread spread -> {
					FragmentDefinition fragment = this.fragments.get(spread.getName());
					if (fragment != null && seen.add(spread.getName())) {
						checkSubscription(fragment.getSelectionSet(), seen);
					}
				}
				default -> throw new IllegalStateException("Unknown selection " + selection);
			}
		}
	}

	private static boolean isAlwaysEnabled(Directive directive) {
		Argument condition = directive.getArgument("if");
		return condition == null || condition.getValue() instanceof NullValue
				|| (condition.getValue() instanceof BooleanValue literal && literal.isValue());
	}

	private void add(Directive directive, ValidationErrorType type, String message) {
		ValidationError.Builder error = ValidationError.newValidationError()
			.validationErrorType(type)
			.description(message);
		this.errors
			.add(((directive.getSourceLocation() != null) ? error.sourceLocation(directive.getSourceLocation()) : error)
				.build());
	}

}
