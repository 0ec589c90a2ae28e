package dev.kennel.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.Delivery.DeferredFragment;
import dev.kennel.engine.Delivery.StreamedList;
import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.incremental.SubsequentPayload;
import dev.kennel.engine.incremental.SubsequentPayload.Completed;
import dev.kennel.engine.incremental.SubsequentPayload.Increment;
import dev.kennel.engine.incremental.SubsequentPayload.Pending;
import dev.kennel.engine.plan.DeferUsage;
import dev.kennel.engine.plan.ObjectPlan;
import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;

/**
 * What an execution delivers after its initial result. A deferred fragment is a later
 * level: the fragment of all objects that have it is executed like any other level, in
 * batches. Different fragments are executed one after the other, in the order of their
 * announcement, so that the first is delivered without waiting for the last.
 *
 * <p>
 * Fields that several fragments of an object have in common are executed once, with the
 * first of these fragments.
 *
 * @see <a href="https://github.com/graphql/graphql-spec/pull/1110">GraphQL, incremental
 * delivery</a>
 */
final class IncrementalExecution {

	private final LevelExecution levels;

	private final IncrementalFormat format;

	/** The deferred fragments that begin at an object. */
	private final IdentityHashMap<ResponseObject, List<DeferredFragment>> beginning = new IdentityHashMap<>();

	/** The completed objects that have deferred fields, not scheduled yet. */
	private List<ResponseObject> hosts = new ArrayList<>();

	/** The later items of completed lists, not scheduled yet. */
	private List<StreamedItems> streamedItems = new ArrayList<>();

	/** The deliveries that can be announced with the next payload. */
	private List<Delivery> announceable = new ArrayList<>();

	/** The announced deliveries, in order. */
	private List<Delivery> pending = new ArrayList<>();

	private int nextId;

	/** The error that has halted the execution. */
	private @Nullable GraphQLError haltedBy;

	IncrementalExecution(LevelExecution levels, IncrementalFormat format) {
		this.levels = levels;
		this.format = format;
	}

	/** Adds an object whose plan has deferred fragments. */
	void addHost(ResponseObject host) {
		this.hosts.add(host);
	}

	void add(StreamedItems items) {
		this.streamedItems.add(items);
	}

	/** Ends all deliveries with an error, which is the only one. */
	void halt(GraphQLError error) {
		this.haltedBy = error;
	}

	/** Returns what follows the initial result, or null if nothing does. */
	@Nullable IncrementalResult begin() {
		schedule();
		List<Pending> announced = announce();
		return announced.isEmpty() ? null : new IncrementalResult(this, this.format, announced);
	}

	boolean hasPending() {
		return !this.pending.isEmpty();
	}

	CompletableFuture<SubsequentPayload> next() {
		Object place = this.pending.getFirst().place();
		List<Delivery> batch = this.pending.stream().filter((delivery) -> delivery.place().equals(place)).toList();
		return execute(batch).thenApply((done) -> payload());
	}

	/** Executes deliveries until none of their fields is left. */
	private CompletableFuture<Boolean> execute(List<Delivery> batch) {
		List<ExecutionGroup> parts = new ArrayList<>();
		for (Delivery delivery : batch) {
			for (ExecutionGroup part : delivery.parts()) {
				if (!part.isExecuted()) {
					part.markExecuted();
					parts.add(part);
				}
			}
		}
		if (parts.isEmpty()) {
			return CompletableFuture.completedFuture(true);
		}
		return this.levels.continueWith(parts).thenCompose((done) -> {
			if (this.haltedBy != null) {
				return CompletableFuture.completedFuture(true);
			}
			schedule();
			return execute(batch);
		});
	}

	/**
	 * Turns the deferred fields and streamed lists of completed objects into deliveries.
	 */
	private void schedule() {
		List<ResponseObject> completed = this.hosts;
		this.hosts = new ArrayList<>();
		for (ResponseObject host : completed) {
			if (isAttached(host)) {
				begin(host);
			}
		}
		List<StreamedItems> found = this.streamedItems;
		this.streamedItems = new ArrayList<>();
		for (StreamedItems items : found) {
			if (items.isAttached() && isAttached(items.host())) {
				ExecutionGroup part = ExecutionGroup.of(items.host());
				if (part == null) {
					this.announceable.add(new StreamedList(items));
				}
				else {
					part.streamedItems().add(items);
				}
			}
		}
	}

	private void begin(ResponseObject host) {
		for (DeferUsage usage : host.plan().usages()) {
			DeferredFragment outer = (usage.parent() != null) ? find(usage.parent(), host) : null;
			if (usage.parent() != null && (outer == null || outer.isEnded())) {
				continue;
			}
			DeferredFragment fragment = new DeferredFragment(usage, host);
			this.beginning.computeIfAbsent(host, (key) -> new ArrayList<>()).add(fragment);
			if (outer != null) {
				outer.children().add(fragment);
			}
			else {
				this.announceable.add(fragment);
			}
		}
		for (ObjectPlan.Deferred deferred : host.plan().deferred()) {
			List<DeferredFragment> fragments = deferred.usages()
				.stream()
				.map((usage) -> find(usage, host))
				.filter((fragment) -> fragment != null && !fragment.isEnded())
				.toList();
			if (!fragments.isEmpty()) {
				ExecutionGroup group = new ExecutionGroup(deferred.plan(), host, fragments);
				fragments.forEach((fragment) -> fragment.groups().add(group));
			}
		}
	}

	/** Returns the deferred fragment of an object or of one around it. */
	private @Nullable DeferredFragment find(DeferUsage usage, ResponseObject object) {
		ResponseObject ancestor = object;
		while (ancestor != null) {
			for (DeferredFragment fragment : this.beginning.getOrDefault(ancestor, List.of())) {
				if (fragment.usage().equals(usage)) {
					return fragment;
				}
			}
			ancestor = (ancestor instanceof ExecutionGroup group) ? group.host() : ancestor.parent();
		}
		return null;
	}

	/** Returns whether no null has replaced an object, or one around it. */
	private static boolean isAttached(ResponseObject object) {
		ResponseObject current = object;
		while (true) {
			// The host of a fragment has been delivered, or is with it.
			if (current instanceof ExecutionGroup group) {
				return group instanceof StreamedItems || !group.isFailed();
			}
			ResponseObject parent = current.parent();
			if (parent == null) {
				return true;
			}
			if (!parent.holds(current) || (parent instanceof StreamedItems items && !items.delivers(current))) {
				return false;
			}
			current = parent;
		}
	}

	private List<Pending> announce() {
		List<Delivery> candidates = this.announceable;
		this.announceable = new ArrayList<>();
		List<Pending> announced = new ArrayList<>();
		candidates.forEach((candidate) -> announce(candidate, announced));
		return announced;
	}

	private void announce(Delivery delivery, List<Pending> announced) {
		if (delivery instanceof DeferredFragment fragment
				&& fragment.groups().stream().allMatch(ExecutionGroup::isDelivered)) {
			// All of its fields have been delivered with others.
			fragment.end();
			fragment.children().forEach((child) -> announce(child, announced));
			return;
		}
		delivery.announce(new Pending(String.valueOf(this.nextId++), path(delivery), delivery.label()));
		this.pending.add(delivery);
		announced.add(delivery.pending());
	}

	private static List<Object> path(Delivery delivery) {
		return switch (delivery) {
			case DeferredFragment fragment -> FieldCall.pathOf(fragment.host()).toList();
			case StreamedList list -> FieldCall.path(list.items().host(), list.items().itemField()).toList();
		};
	}

	private SubsequentPayload payload() {
		if (this.haltedBy != null) {
			return fail(this.haltedBy);
		}
		List<Pending> announced = new ArrayList<>();
		List<Increment> increments = new ArrayList<>();
		List<Completed> completed = new ArrayList<>();
		boolean progress = true;
		while (progress) {
			progress = false;
			List<Delivery> remaining = new ArrayList<>();
			for (Delivery delivery : this.pending) {
				if (delivery.isExecuted()) {
					switch (delivery) {
						case StreamedList list -> end(list, increments, completed);
						case DeferredFragment fragment -> end(fragment, increments, completed);
					}
					progress = true;
				}
				else {
					remaining.add(delivery);
				}
			}
			this.pending = remaining;
			announced.addAll(announce());
		}
		return new SubsequentPayload(announced, increments, completed, hasPending());
	}

	private void end(StreamedList list, List<Increment> increments, List<Completed> completed) {
		StreamedItems items = list.items();
		List<GraphQLError> all = items.errors();
		int index = items.initialCount();
		int end = items.end();
		int indexInPath = list.pending().path().size();
		List<GraphQLError> ofItems = all;
		List<GraphQLError> ofEnd = List.of();
		if (items.isFailed()) {
			ofItems = all.stream().filter((error) -> itemIndex(error, indexInPath) < end).toList();
			ofEnd = all.stream().filter((error) -> itemIndex(error, indexInPath) == end).toList();
		}
		if (end > index) {
			increments.add(new Increment(list.pending(), List.of(), items.deliverable(), true, index, ofItems));
		}
		completed.add(new Completed(list.pending(), true, end, ofEnd));
		this.announceable.addAll(items.streamedItems().stream().map(StreamedList::new).toList());
	}

	private static int itemIndex(GraphQLError error, int indexInPath) {
		List<Object> path = error.getPath();
		return (path != null && path.size() > indexInPath && path.get(indexInPath) instanceof Integer index) ? index
				: 0;
	}

	private void end(DeferredFragment fragment, List<Increment> increments, List<Completed> completed) {
		if (fragment.isFailed()) {
			List<GraphQLError> all = new ArrayList<>();
			fragment.groups().stream().filter(ExecutionGroup::isFailed).forEach((group) -> all.addAll(group.errors()));
			completed.add(new Completed(fragment.pending(), false, 0, all));
			endWithChildren(fragment);
			return;
		}
		for (ExecutionGroup group : fragment.groups()) {
			if (!group.isDelivered()) {
				group.markDelivered();
				List<Object> path = FieldCall.pathOf(group.host()).toList();
				Pending closest = closest(group);
				increments.add(new Increment(closest, path.subList(closest.path().size(), path.size()), group, false, 0,
						group.errors()));
				this.announceable.addAll(group.streamedItems().stream().map(StreamedList::new).toList());
			}
		}
		completed.add(new Completed(fragment.pending(), false, 0, List.of()));
		fragment.end();
		this.announceable.addAll(fragment.children());
	}

	private static void endWithChildren(DeferredFragment fragment) {
		fragment.end();
		fragment.children().forEach(IncrementalExecution::endWithChildren);
	}

	/**
	 * Returns the pending delivery whose path is the longest, so that the subpath is
	 * short.
	 */
	private static Pending closest(ExecutionGroup group) {
		return group.fragments()
			.stream()
			.filter((fragment) -> fragment.isAnnounced() && !fragment.isEnded())
			.map(Delivery::pending)
			.max(Comparator.comparingInt((pending) -> pending.path().size()))
			.orElseThrow();
	}

	SubsequentPayload fail(GraphQLError error) {
		List<Completed> completed = this.pending.stream()
			.map((delivery) -> new Completed(delivery.pending(), delivery instanceof StreamedList,
					(delivery instanceof StreamedList list) ? list.items().initialCount() : 0, List.of(error)))
			.toList();
		this.pending.clear();
		return new SubsequentPayload(List.of(), List.of(), completed, false);
	}

}
