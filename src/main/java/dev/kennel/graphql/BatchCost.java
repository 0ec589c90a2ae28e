package dev.kennel.graphql;

import graphql.GraphQLContext;

/**
 * What the operations of one batch cost together, as far as they have been let in: one
 * HTTP request must not get around a limit by being several operations. They run one
 * after the other.
 */
public final class BatchCost {

	private long total;

	/**
	 * Makes an operation a part of the batch.
	 * @param context the operation's context
	 */
	public void put(GraphQLContext context) {
		context.put(BatchCost.class, this);
	}

	/**
	 * Adds what an operation costs, if the batch may cost as much.
	 * @param context the operation's context
	 * @param cost the operation's cost
	 * @param max what a batch may cost
	 * @return the cost of the batch with this operation, or of the operation if it came
	 * by itself; above the maximum, it was not added
	 */
	public static long tryAdd(GraphQLContext context, long cost, long max) {
		BatchCost batch = context.get(BatchCost.class);
		if (batch == null) {
			return cost;
		}
		long total = batch.total + cost;
		if (total <= max) {
			batch.total = total;
		}
		return total;
	}

}
