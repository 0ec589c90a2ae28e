package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.engine.OperationCache;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import graphql.GraphQLContext;

/**
 * What an operation has read so far, so that a field that leads back, as
 * {@code owner.dogs.owner}, costs no statement. Remembering a page costs next to nothing;
 * only a field that leads back looks into it.
 */
final class NodeCache implements OperationCache {

	private static final Object KEY = NodeCache.class;

	private final Map<Source, List<List<?>>> pages = new HashMap<>();

	private NodeCache() {
	}

	static NodeCache of(GraphQLContext context) {
		return context.computeIfAbsent(KEY, (key) -> new NodeCache());
	}

	synchronized void add(AccountId account, NodeKind kind, List<?> nodes) {
		this.pages.computeIfAbsent(new Source(account, kind), (source) -> new ArrayList<>()).add(nodes);
	}

	@Override
	public synchronized void clear() {
		this.pages.clear();
	}

	/**
	 * Answers those of the objects that have been read, in a map that the caller may add
	 * to.
	 */
	@SuppressWarnings("unchecked")
	synchronized <T> Map<UUID, T> find(AccountId account, ListDefinition<T> listing, Collection<UUID> ids) {
		Map<UUID, T> found = new HashMap<>();
		for (List<?> page : this.pages.getOrDefault(new Source(account, listing.kind()), List.of())) {
			for (T node : (List<T>) page) {
				UUID id = listing.id().apply(node).uuid();
				if (ids.contains(id)) {
					found.put(id, node);
				}
			}
		}
		return found;
	}

	/** Whose objects, and of which kind. */
	private record Source(AccountId account, NodeKind kind) {
	}

}
