package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.engine.loader.OperationScopedCache;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import graphql.GraphQLContext;

/**
 * The nodes that an operation has read so far, so that a field that leads back, such as
 * {@code owner.dogs.owner}, costs no statement. Adding a page is cheap; only a field that
 * leads back searches it.
 */
final class NodeCache implements OperationScopedCache {

	private static final Object KEY = NodeCache.class;

	private final Map<NodeSet, List<List<?>>> pages = new HashMap<>();

	private NodeCache() {
	}

	static NodeCache of(GraphQLContext context) {
		return context.computeIfAbsent(KEY, (key) -> new NodeCache());
	}

	synchronized void add(AccountId account, NodeKind kind, List<?> nodes) {
		this.pages.computeIfAbsent(new NodeSet(account, kind), (nodeSet) -> new ArrayList<>()).add(nodes);
	}

	/** Adds a page of a list, whose nodes may be of several kinds. */
	<T> void add(AccountId account, ListDefinition<T> definition, List<T> nodes) {
		if (definition.kind() != null) {
			add(account, definition.kind(), nodes);
			return;
		}
		Map<NodeKind, List<T>> byKind = new EnumMap<>(NodeKind.class);
		nodes.forEach((node) -> byKind.computeIfAbsent(definition.id().apply(node).kind(), (kind) -> new ArrayList<>())
			.add(node));
		byKind.forEach((kind, ofKind) -> add(account, kind, ofKind));
	}

	@Override
	public synchronized void clear() {
		this.pages.clear();
	}

	/**
	 * Returns the requested nodes that have been read, in a map that the caller may add
	 * to.
	 */
	@SuppressWarnings("unchecked")
	synchronized <T> Map<UUID, T> find(AccountId account, ListDefinition<T> definition, Collection<UUID> ids) {
		Map<UUID, T> found = new HashMap<>();
		NodeKind kind = definition.kind();
		if (kind == null) {
			return found;
		}
		for (List<?> page : this.pages.getOrDefault(new NodeSet(account, kind), List.of())) {
			for (T node : (List<T>) page) {
				UUID id = definition.id().apply(node).uuid();
				if (ids.contains(id)) {
					found.put(id, node);
				}
			}
		}
		return found;
	}

	/** The account and the kind of nodes. */
	private record NodeSet(AccountId account, NodeKind kind) {
	}

}
