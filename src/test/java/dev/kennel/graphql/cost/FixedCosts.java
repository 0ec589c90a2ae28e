package dev.kennel.graphql.cost;

import java.util.List;

/** Costs of operations, in tests of other subjects. */
public final class FixedCosts {

	/** The default page sizes. */
	public static final PageSizes PAGES = new PageSizes() {

		@Override
		public int defaultSize() {
			return 50;
		}

		@Override
		public int maxSize() {
			return 200;
		}

	};

	private FixedCosts() {
	}

	/**
	 * Returns the cost of an operation that returns no objects.
	 * @return the cost
	 */
	public static OperationCost free() {
		return new OperationCost(List.of());
	}

	/**
	 * Returns the cost of an operation.
	 * @param objects the number of objects that it returns
	 * @return the cost
	 */
	public static OperationCost of(int objects) {
		return new OperationCost(List.of(new OperationCost.Node(OperationCost.Condition.ALWAYS, (variables) -> objects,
				false, OperationCost.Quantity.ZERO, List.of())));
	}

}
