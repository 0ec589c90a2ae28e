package dev.kennel.graphql.limit;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
import graphql.Directives;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.Node;
import graphql.language.NonNullType;
import graphql.language.OperationDefinition;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import org.jspecify.annotations.Nullable;

/**
 * The variables of an operation that decide whether fields are asked for, by
 * {@code @skip} and {@code @include}, although their type has null. A default allows
 * that, but a null that is sent decides nothing: it has to be refused before anything is
 * done, as nobody could be told afterwards.
 *
 * @see <a href=
 * "https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed">GraphQL,
 * all variable usages are allowed</a>
 */
public final class FieldConditions {

	private static final Set<String> DIRECTIVES = Set.of(Directives.SkipDirective.getName(),
			Directives.IncludeDirective.getName());

	private final List<String> variables;

	private FieldConditions(List<String> variables) {
		this.variables = variables;
	}

	/**
	 * Finds the variables.
	 * @param document a document, which is valid
	 * @param operation an operation of it
	 * @return the conditions of the operation, to be kept with the document
	 */
	public static FieldConditions of(Document document, OperationDefinition operation) {
		Set<String> deciding = new HashSet<>();
		collect(document, deciding);
		return new FieldConditions(operation.getVariableDefinitions()
			.stream()
			.filter((variable) -> !(variable.getType() instanceof NonNullType))
			.map(VariableDefinition::getName)
			.filter(deciding::contains)
			.toList());
	}

	private static void collect(Node<?> node, Set<String> deciding) {
		if (node instanceof Directive directive && DIRECTIVES.contains(directive.getName())) {
			directive.getArguments().forEach((argument) -> {
				if (argument.getValue() instanceof VariableReference variable) {
					deciding.add(variable.getName());
				}
			});
			return;
		}
		node.getChildren().forEach((child) -> collect(child, deciding));
	}

	/**
	 * Refuses a null where there has to be a decision.
	 * @param sent the variables as they were sent
	 * @throws ApiException with BAD_USER_INPUT if one of them is null
	 */
	public void require(Map<String, ? extends @Nullable Object> sent) {
		for (String variable : this.variables) {
			if (sent.containsKey(variable) && sent.get(variable) == null) {
				throw ApiException.of(ErrorCode.BAD_USER_INPUT,
						"The variable '" + variable + "' decides on fields, and can't be null.");
			}
		}
	}

}
