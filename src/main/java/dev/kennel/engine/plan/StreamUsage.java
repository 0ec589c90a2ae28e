package dev.kennel.engine.plan;

import java.util.List;
import java.util.Map;

import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.execution.ResultPath;
import graphql.language.Directive;
import graphql.language.IntValue;
import graphql.language.SourceLocation;
import graphql.language.Value;
import graphql.language.VariableReference;
import org.jspecify.annotations.Nullable;

/**
 * A {@code @stream} of a field whose {@code if} is true.
 *
 * @param label the label that the document gives it, or null
 * @param initialCount the argument of this name, or null for its default, 0
 */
public record StreamUsage(@Nullable String label, @Nullable Value<?> initialCount) {

	/** Returns the directive of a field, or null if it has none. */
	static @Nullable StreamUsage of(List<DeferredFieldCollector.SelectedField> fields, Map<String, ?> conditions) {
		Directive directive = DeferredFieldCollector.find(fields.getFirst().field(), DeferredFieldCollector.STREAM);
		if (directive == null || !DeferredFieldCollector.isEnabled(directive, conditions)) {
			return null;
		}
		return new StreamUsage(DeferredFieldCollector.label(directive), (directive.getArgument("initialCount") != null)
				? directive.getArgument("initialCount").getValue() : null);
	}

	/**
	 * Returns the error of a negative number of initial items, which only a variable can
	 * have.
	 */
	public static GraphQLError negativeInitialCount(ResultPath path, @Nullable SourceLocation location) {
		GraphQLError.Builder<?> error = GraphQLError.newError()
			.errorType(ErrorType.ValidationError)
			.message("The initialCount of a stream can't be negative.")
			.path(path);
		return ((location != null) ? error.location(location) : error).build();
	}

	/** Returns the number of items in the initial result, which may be negative. */
	public int initialCount(Map<String, ?> variables) {
		return switch (this.initialCount) {
			case IntValue literal -> literal.getValue().intValueExact();
			case VariableReference variable when variables.get(variable.getName()) instanceof Integer value -> value;
			case null, default -> 0;
		};
	}

}
