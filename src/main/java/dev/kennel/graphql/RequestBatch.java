package dev.kennel.graphql;

import graphql.GraphQLContext;

/**
 * The state that the operations of one batch share: what those that were admitted cost
 * together, as one HTTP request must not get around a limit by being several operations,
 * and whether one of them has ended the session. They run one after the other.
 */
public final class RequestBatch {

	private long total;

	private boolean sessionEnded;

	/**
	 * Makes an operation a part of the batch.
	 * @param context the operation's context
	 */
	public void put(GraphQLContext context) {
		context.put(RequestBatch.class, this);
	}

	/** Records that the operation has ended the session, if it is part of a batch. */
	static void endSession(GraphQLContext context) {
		RequestBatch batch = context.get(RequestBatch.class);
		if (batch != null) {
			batch.sessionEnded = true;
		}
	}

	/**
	 * Returns whether an operation before this one of its batch has ended the session.
	 */
	static boolean isSessionEnded(GraphQLContext context) {
		RequestBatch batch = context.get(RequestBatch.class);
		return batch != null && batch.sessionEnded;
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
		RequestBatch batch = context.get(RequestBatch.class);
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
