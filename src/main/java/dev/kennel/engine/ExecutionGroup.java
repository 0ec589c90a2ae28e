package dev.kennel.engine;

import java.util.ArrayList;
import java.util.List;

import dev.kennel.engine.plan.ObjectPlan;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;

/**
 * Fields of an object that are delivered after the object. It has the position of the
 * object, its host. A null that propagates up to it makes the delivery fail, but does not
 * reach the host, which has been delivered.
 */
class ExecutionGroup extends ResponseObject {

	private final ResponseObject host;

	/** The deferred fragments that have the fields in common. */
	private final List<Delivery.DeferredFragment> fragments;

	private final List<GraphQLError> errors = new ArrayList<>();

	/** The later items of its lists, announced when it is delivered. */
	private final List<StreamedItems> streamedItems = new ArrayList<>();

	private boolean failed;

	private boolean executed;

	private boolean delivered;

	ExecutionGroup(ObjectPlan plan, ResponseObject host, List<Delivery.DeferredFragment> fragments) {
		super(plan, host);
		this.host = host;
		this.fragments = fragments;
	}

	/** Returns the object whose fields these are. */
	ResponseObject host() {
		return this.host;
	}

	List<Delivery.DeferredFragment> fragments() {
		return this.fragments;
	}

	/** Returns the errors of its fields, in the order of the response. */
	List<GraphQLError> errors() {
		return this.errors;
	}

	List<StreamedItems> streamedItems() {
		return this.streamedItems;
	}

	/** Returns whether a null has propagated up to it. */
	boolean isFailed() {
		return this.failed;
	}

	void fail() {
		this.failed = true;
	}

	/** Returns whether its fields are complete. */
	boolean isExecuted() {
		return this.executed;
	}

	void markExecuted() {
		this.executed = true;
	}

	boolean isDelivered() {
		return this.delivered;
	}

	void markDelivered() {
		this.delivered = true;
	}

	/**
	 * Returns the delivered part that an object belongs to; null is the initial result.
	 */
	static @Nullable ExecutionGroup of(ResponseObject object) {
		ResponseObject ancestor = object;
		while (ancestor != null && !(ancestor instanceof ExecutionGroup)) {
			ancestor = ancestor.parent();
		}
		return (ExecutionGroup) ancestor;
	}

}
