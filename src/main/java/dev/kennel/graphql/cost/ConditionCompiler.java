package dev.kennel.graphql.cost;

import java.util.List;
import java.util.Map;

import dev.kennel.graphql.cost.OperationCost.Condition;
import graphql.language.Argument;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.Field;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.Value;
import graphql.language.VariableReference;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the {@code if} arguments of directives to conditions on the variables.
 *
 * @see <a href= "https://spec.graphql.org/September2025/#sec--skip">GraphQL, section
 * 3.13.1</a>
 */
final class ConditionCompiler {

	private final Map<String, @Nullable Value<?>> defaults;

	/**
	 * Creates a compiler.
	 * @param defaults the default values of the variables
	 */
	ConditionCompiler(Map<String, @Nullable Value<?>> defaults) {
		this.defaults = defaults;
	}

	/** Returns the condition of {@code @skip} and {@code @include} of a selection. */
	Condition inclusion(Selection<?> selection) {
		List<Directive> directives = switch (selection) {
			case Field field -> field.getDirectives();
			case InlineFragment inline -> inline.getDirectives();
			case FragmentSpread spread -> spread.getDirectives();
			default -> List.of();
		};
		Condition condition = Condition.ALWAYS;
		for (Directive directive : directives) {
			if (directive.getName().equals("skip") || directive.getName().equals("include")) {
				Argument argument = directive.getArgument("if");
				boolean expected = directive.getName().equals("include");
				condition = condition
					.and((argument != null) ? is(argument.getValue(), expected, false) : Condition.ALWAYS);
			}
		}
		return condition;
	}

	/**
	 * Returns the condition of {@code @defer} or {@code @stream}, whose {@code if} is
	 * true by default.
	 */
	Condition delivery(Directive directive) {
		Argument argument = directive.getArgument("if");
		return (argument != null) ? is(argument.getValue(), true, true) : Condition.ALWAYS;
	}

	/**
	 * Returns the condition that an argument has a value.
	 * @param otherwise the value of an argument that is no boolean, which no valid
	 * operation has, or of a variable without a value
	 */
	private Condition is(Value<?> value, boolean expected, boolean otherwise) {
		if (value instanceof BooleanValue literal) {
			return (literal.isValue() == expected) ? Condition.ALWAYS : Condition.NEVER;
		}
		if (value instanceof VariableReference reference) {
			String variable = reference.getName();
			boolean defaultValue = (this.defaults.get(variable) instanceof BooleanValue literal) ? literal.isValue()
					: otherwise;
			return (variables) -> {
				Object sent = variables.get(variable);
				if (sent == null) {
					return defaultValue == expected;
				}
				return ((sent instanceof Boolean given) ? given : otherwise) == expected;
			};
		}
		return Condition.ALWAYS;
	}

}
