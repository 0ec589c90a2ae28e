package dev.kennel.fuzz;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A random operation, which its seed reproduces.
 *
 * @param seed the seed
 * @param document the document, which may have further operations
 * @param operationName the name of the operation to execute, or null if it is the only
 * one
 * @param variables the variables, as JSON values
 * @param broken whether it was mutated: the document may not be GraphQL, or not match the
 * schema. Otherwise it is valid, but may refer to objects that do not exist
 */
public record GeneratedOperation(long seed, String document, @Nullable String operationName,
		Map<String, @Nullable Object> variables, boolean broken) {
}
