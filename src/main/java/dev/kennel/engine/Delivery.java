package dev.kennel.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.kennel.engine.incremental.SubsequentPayload;
import dev.kennel.engine.plan.DeferUsage;
import org.jspecify.annotations.Nullable;

/**
 * A deferred fragment of an object, or a streamed list: what a client sees as pending.
 */
abstract sealed class Delivery {

	private SubsequentPayload.@Nullable Pending pending;

	/**
	 * Returns the place in the plan: deliveries of the same place are executed together.
	 */
	abstract Object place();

	abstract @Nullable String label();

	/** Returns the parts of the response that it delivers. */
	abstract List<? extends ExecutionGroup> parts();

	/** Returns whether all of its fields are complete. */
	final boolean isExecuted() {
		return parts().stream().allMatch(ExecutionGroup::isExecuted);
	}

	/** Returns the announcement. */
	SubsequentPayload.Pending pending() {
		return Objects.requireNonNull(this.pending);
	}

	boolean isAnnounced() {
		return this.pending != null;
	}

	void announce(SubsequentPayload.Pending announcement) {
		this.pending = announcement;
	}

	/** A deferred fragment of one object. */
	static final class DeferredFragment extends Delivery {

		private final DeferUsage usage;

		private final ResponseObject host;

		/** The deferred fragments within it, announced when it is complete. */
		private final List<DeferredFragment> children = new ArrayList<>();

		/** Its fields, at the object and below. */
		private final List<ExecutionGroup> groups = new ArrayList<>();

		private boolean ended;

		DeferredFragment(DeferUsage usage, ResponseObject host) {
			this.usage = usage;
			this.host = host;
		}

		@Override
		Object place() {
			return this.usage;
		}

		@Override
		@Nullable String label() {
			return this.usage.label();
		}

		DeferUsage usage() {
			return this.usage;
		}

		ResponseObject host() {
			return this.host;
		}

		List<DeferredFragment> children() {
			return this.children;
		}

		List<ExecutionGroup> groups() {
			return this.groups;
		}

		@Override
		List<ExecutionGroup> parts() {
			return this.groups;
		}

		boolean isFailed() {
			return this.groups.stream().anyMatch(ExecutionGroup::isFailed);
		}

		/** Returns whether it is complete, has failed, or is part of one that has. */
		boolean isEnded() {
			return this.ended;
		}

		void end() {
			this.ended = true;
		}

	}

	/** A list with {@code @stream}, whose items after the first ones follow. */
	static final class StreamedList extends Delivery {

		private final StreamedItems items;

		StreamedList(StreamedItems items) {
			this.items = items;
		}

		@Override
		Object place() {
			return this.items.itemField();
		}

		@Override
		@Nullable String label() {
			return this.items.usage().label();
		}

		StreamedItems items() {
			return this.items;
		}

		@Override
		List<StreamedItems> parts() {
			return List.of(this.items);
		}

	}

}
