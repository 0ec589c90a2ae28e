package dev.kennel.fuzz;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An operation that was made by chance, and can be made again.
 *
 * @param seed what it was made of
 * @param document the document, which may have further operations
 * @param operationName the operation of the document that is meant, or null if it is the
 * only one
 * @param variables the variables, as JSON has them
 * @param broken whether something has been broken on purpose: the document may not be
 * GraphQL, or not fit the schema. One that is not broken is valid, but may ask for what
 * there is not
 */
public record GeneratedOperation(long seed, String document, @Nullable String operationName,
		Map<String, @Nullable Object> variables, boolean broken) {
}
