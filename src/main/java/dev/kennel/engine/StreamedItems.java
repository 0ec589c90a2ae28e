package dev.kennel.engine;

import java.util.List;

import dev.kennel.engine.plan.FieldPlan;
import dev.kennel.engine.plan.StreamUsage;
import org.jspecify.annotations.Nullable;

/**
 * The items of a streamed list that follow the first ones. The group replaces the object
 * that has the list as the parent of the items. Its own list is as long as the whole
 * list, with nulls for the first items, so that each item has its index in the whole
 * list.
 */
final class StreamedItems extends ExecutionGroup {

	private final FieldPlan itemField;

	private final StreamUsage usage;

	private final ResponseList deliveredList;

	private final List<@Nullable Object> values;

	private final @Nullable Object itemContext;

	private int failedIndex = Integer.MAX_VALUE;

	/**
	 * Creates the items.
	 * @param host the object that has the list
	 * @param field the field of the list
	 * @param usage the directive
	 * @param deliveredList the first items
	 * @param values the values of all other items
	 * @param itemContext the local context of the items
	 */
	StreamedItems(ResponseObject host, FieldPlan field, StreamUsage usage, ResponseList deliveredList,
			List<@Nullable Object> values, @Nullable Object itemContext) {
		super(host.plan(), host, List.of());
		this.itemField = field.streamedItems();
		this.usage = usage;
		this.deliveredList = deliveredList;
		this.values = values;
		this.itemContext = itemContext;
	}

	/** Returns the field of the items, whose deferred fragments are their own. */
	FieldPlan itemField() {
		return this.itemField;
	}

	StreamUsage usage() {
		return this.usage;
	}

	int initialCount() {
		return this.deliveredList.size();
	}

	List<@Nullable Object> laterValues() {
		return this.values;
	}

	@Nullable Object itemContext() {
		return this.itemContext;
	}

	/** Returns whether the first items are still in the response. */
	@SuppressWarnings("ReferenceEquality") // An equal list may be another one.
	boolean isAttached() {
		return host().cell(this.itemField.slot()) == this.deliveredList;
	}

	/** Ends the delivery before an item that is null, but must not be. */
	void failAt(int index) {
		this.failedIndex = Math.min(this.failedIndex, index);
	}

	/** Returns the index after the last item that can be delivered. */
	int end() {
		return Math.min(this.failedIndex, initialCount() + this.values.size());
	}

	/** Returns whether the item that an object belongs to can be delivered. */
	boolean delivers(ResponseObject object) {
		return object.indexes()[0] < end();
	}

	@Override
	boolean isFailed() {
		return this.failedIndex != Integer.MAX_VALUE;
	}

	/** Returns the items that can be delivered. */
	ResponseList deliverable() {
		ResponseList all = (ResponseList) cell(this.itemField.slot());
		if (all == null) {
			throw new IllegalStateException("The items are not complete");
		}
		return all.slice(initialCount(), end());
	}

}
