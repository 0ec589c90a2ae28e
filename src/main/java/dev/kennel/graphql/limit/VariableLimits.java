package dev.kennel.graphql.limit;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Checks variables before graphql-java coerces them. */
final class VariableLimits {

	private VariableLimits() {
	}

	/**
	 * Checks the nesting and the list sizes of variables.
	 * @throws dev.kennel.error.ApiException with OPERATION_TOO_COMPLEX if they exceed a
	 * limit
	 */
	static void check(Map<String, ? extends @Nullable Object> variables, LimitProperties limits) {
		int depth = 0;
		for (Object value : variables.values()) {
			depth = Math.max(depth, depth(value, limits));
		}
		Limit.MAX_NESTING.check(depth, limits.maxNesting());
	}

	/**
	 * The JSON parser limits the depth, so that the recursion can't overflow the stack.
	 */
	private static int depth(@Nullable Object value, LimitProperties limits) {
		Collection<?> elements;
		if (value instanceof Collection<?> list) {
			Limit.MAX_LIST_SIZE.check(list.size(), limits.maxListSize());
			elements = list;
		}
		else if (value instanceof Map<?, ?> object) {
			elements = object.values();
		}
		else {
			return 0;
		}
		int depth = 0;
		for (Object element : elements) {
			depth = Math.max(depth, depth(element, limits));
		}
		return depth + 1;
	}

}
