package dev.kennel.graphql.limit;

import java.util.List;

/** The cost of operations in tests of other subjects. */
public final class FreeOperations {

	private FreeOperations() {
	}

	/**
	 * Returns the cost of an operation that returns no objects.
	 * @return the cost
	 */
	public static OperationCost cost() {
		return new OperationCost(List.of());
	}

}
