package dev.kennel.graphql.node;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** Finds objects by their ids: implemented by whoever reads a kind of object. */
public interface NodeLoader {

	/**
	 * Answers which kinds it finds. No two loaders find the same.
	 * @return the kinds
	 */
	Set<NodeKind> kinds();

	/**
	 * Finds an object, in one batch with those of the same kind.
	 * @param environment the field that asks
	 * @param account the account that asks
	 * @param id the object's id, of one of the kinds
	 * @return the object, or null if the account has none with this id
	 */
	CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id);

}
