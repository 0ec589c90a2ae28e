package dev.kennel.graphql.node;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Loads all nodes of a kind of which an account has few, once for all fields of an
 * operation.
 *
 * @param <T> the type of the nodes
 */
public abstract class AccountNodeLoader<T> implements NodeLoader {

	private final NodeKind kind;

	private final Function<T, NodeId> id;

	private final LevelBatchLoader<AccountId, List<T>> nodes;

	/**
	 * Creates a loader.
	 * @param kind the kind of the nodes
	 * @param name the name of the loader in traces
	 * @param findAll reads the nodes of an account
	 * @param id returns the id of a node
	 */
	protected AccountNodeLoader(NodeKind kind, String name, Function<AccountId, @Nullable List<T>> findAll,
			Function<T, NodeId> id) {
		this.kind = kind;
		this.id = id;
		this.nodes = LevelBatchLoader.blockingEach(name, findAll);
	}

	/**
	 * Loads the nodes of an account.
	 * @param environment the environment of the field
	 * @param account the caller's account
	 * @return its nodes
	 */
	public final CompletableFuture<List<T>> load(DataFetchingEnvironment environment, AccountId account) {
		return this.nodes.load(environment, account);
	}

	@Override
	public final Set<NodeKind> kinds() {
		return Set.of(this.kind);
	}

	@Override
	public final CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment,
			AccountId account, NodeId node) {
		return load(environment, account).<@Nullable Object>thenApply(
				(nodes) -> nodes.stream().filter((one) -> this.id.apply(one).equals(node)).findFirst().orElse(null));
	}

}
