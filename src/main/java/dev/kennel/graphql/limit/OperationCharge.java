package dev.kennel.graphql.limit;

import org.jspecify.annotations.Nullable;

/**
 * The charge of one execution of an operation: the key of its budget, its batch, and the
 * report of its cost, which {@link LimitEnforcer} updates.
 */
public final class OperationCharge {

	private final Object key;

	private final @Nullable RequestBatchCost batch;

	private final boolean charged;

	private volatile @Nullable CostReport report;

	/**
	 * Creates a charge of nothing.
	 * @param key the key that the cost is charged to
	 * @param batch the cost of the operation's batch, or null if it is in none
	 * @param charged whether the operation has been admitted before, and is not charged
	 * again
	 */
	public OperationCharge(Object key, @Nullable RequestBatchCost batch, boolean charged) {
		this.key = key;
		this.batch = batch;
		this.charged = charged;
	}

	Object key() {
		return this.key;
	}

	@Nullable RequestBatchCost batch() {
		return this.batch;
	}

	boolean isCharged() {
		return this.charged;
	}

	/**
	 * Returns the report of the cost.
	 * @return the report, or null if nothing has been charged or refused
	 */
	public @Nullable CostReport report() {
		return this.report;
	}

	/**
	 * Sets the report, when the operation is charged or refused.
	 * @param report the report
	 */
	public void setReport(CostReport report) {
		this.report = report;
	}

	/**
	 * Returns the cost of the operation.
	 * @return the maximum number of objects that it returns; 0 if it has not been
	 * admitted
	 */
	public int requested() {
		CostReport current = this.report;
		return (current != null && current.requested() != null) ? current.requested() : 0;
	}

}
