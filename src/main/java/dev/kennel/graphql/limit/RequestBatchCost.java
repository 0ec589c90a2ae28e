package dev.kennel.graphql.limit;

/**
 * The total cost of the admitted operations of one batched HTTP request, so that batching
 * does not circumvent the limit. The operations are executed one after the other.
 */
public final class RequestBatchCost {

	private long total;

	/**
	 * Adds the cost of an operation, unless the total exceeds the maximum.
	 * @param cost the operation's cost
	 * @param max the maximum cost of a batch
	 * @return the total with this operation; if it exceeds the maximum, it was not added
	 */
	long tryAdd(long cost, long max) {
		long sum = this.total + cost;
		if (sum <= max) {
			this.total = sum;
		}
		return sum;
	}

}
