package dev.kennel.graphql.operation;

import dev.kennel.graphql.limit.RequestBatchCost;

/**
 * State shared by the operations of one batched HTTP request, which are executed one
 * after the other: their cost, and whether one of them has ended the session.
 */
public final class RequestBatch {

	private final RequestBatchCost cost = new RequestBatchCost();

	private boolean sessionEnded;

	RequestBatchCost cost() {
		return this.cost;
	}

	/** Records that an operation has ended the session. */
	void endSession() {
		this.sessionEnded = true;
	}

	/** Returns whether an earlier operation has ended the session. */
	boolean isSessionEnded() {
		return this.sessionEnded;
	}

}
