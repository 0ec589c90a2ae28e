package dev.kennel.graphql.idempotency;

import java.util.List;
import java.util.Set;

import graphql.execution.CoercedVariables;
import graphql.language.Field;
import graphql.language.SelectionSet;
import graphql.normalized.ExecutableNormalizedField;
import graphql.normalized.ExecutableNormalizedOperationFactory;
import graphql.schema.DataFetchingEnvironment;

/**
 * The fingerprint of a request with a key: its fields that the key covers, in their
 * order, with their arguments. Aliases, selections and skipped fields are not part of it;
 * nor are the arguments of other fields, which may be passwords.
 */
final class RequestFingerprint {

	private RequestFingerprint() {
	}

	/**
	 * Returns the hash, which is the same for two requests if and only if they are equal.
	 * @param environment any field of the request
	 * @param argumentsJson the arguments of the field
	 * @param covered the names of the fields that a key covers
	 */
	static byte[] compute(DataFetchingEnvironment environment, String argumentsJson, Set<String> covered) {
		SelectionSet selections = environment.getOperationDefinition().getSelectionSet();
		if (selections.getSelections().size() == 1 && selections.getSelections().getFirst() instanceof Field) {
			// It is the current field. Normalizing a document costs more than a short
			// write.
			return PayloadJson.hashOnly(environment.getField().getName(), argumentsJson);
		}
		List<ExecutableNormalizedField> fields = ExecutableNormalizedOperationFactory
			.createExecutableNormalizedOperation(environment.getGraphQLSchema(), environment.getOperationDefinition(),
					environment.getFragmentsByName(), CoercedVariables.of(environment.getVariables()))
			.getTopLevelFields();
		return PayloadJson.hash(fields.stream()
			.filter((field) -> covered.contains(field.getName()))
			.<List<Object>>map((field) -> List.of(field.getName(), field.getResolvedArguments()))
			.toList());
	}

}
