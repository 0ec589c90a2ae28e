package dev.kennel.graphql.node;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The loaders of all kinds of objects. */
@Component
public class NodeLoaderRegistry {

	private final Map<NodeKind, NodeLoader> loaders = new EnumMap<>(NodeKind.class);

	NodeLoaderRegistry(List<NodeLoader> loaders) {
		for (NodeLoader loader : loaders) {
			for (NodeKind kind : loader.kinds()) {
				if (this.loaders.put(kind, loader) != null) {
					throw new IllegalStateException("Two loaders for " + kind);
				}
			}
		}
	}

	/**
	 * Loads an object, in one batch with those of the same kind and level.
	 * @param environment the field
	 * @param account the caller's account
	 * @param id the id of the object
	 * @return the object, or null if the account has none with this id
	 */
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		NodeLoader loader = this.loaders.get(id.kind());
		return (loader != null) ? loader.load(environment, account, id) : CompletableFuture.completedFuture(null);
	}

	/**
	 * Awaits several objects.
	 * @param nodes the futures of the objects
	 * @return the future of the objects, in the same order
	 */
	public static CompletableFuture<List<@Nullable Object>> all(
			List<CompletableFuture<? extends @Nullable Object>> nodes) {
		return CompletableFuture.allOf(nodes.toArray(CompletableFuture<?>[]::new)).thenApply((all) -> {
			List<@Nullable Object> found = new ArrayList<>(nodes.size());
			nodes.forEach((node) -> found.add(node.join()));
			return found;
		});
	}

}
