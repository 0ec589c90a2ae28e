package dev.kennel.graphql.limit;

import java.util.List;

/** Costs for tests that are not about them. */
public final class FreeOperations {

	private FreeOperations() {
	}

	/**
	 * Makes the cost of an operation that returns nothing.
	 * @return the cost
	 */
	public static OperationCost cost() {
		return new OperationCost(List.of());
	}

}
