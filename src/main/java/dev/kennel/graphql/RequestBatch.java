package dev.kennel.graphql;

import graphql.GraphQLContext;

/**
 * State shared by the operations of one batched HTTP request: the total cost of the
 * admitted operations, so that batching does not circumvent the limit, and whether one of
 * them has ended the session. The operations are executed one after the other.
 */
public final class RequestBatch {

	private long total;

	private boolean sessionEnded;

	/**
	 * Adds an operation to the batch.
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
	 * Returns whether an earlier operation of the batch has ended the session.
	 */
	static boolean isSessionEnded(GraphQLContext context) {
		RequestBatch batch = context.get(RequestBatch.class);
		return batch != null && batch.sessionEnded;
	}

	/**
	 * Adds the cost of an operation to its batch, unless the total exceeds the maximum.
	 * @param context the operation's context
	 * @param cost the operation's cost
	 * @param max the maximum cost of a batch
	 * @return the cost of the batch with this operation, or of the operation if it is in
	 * no batch; if it exceeds the maximum, it was not added
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
