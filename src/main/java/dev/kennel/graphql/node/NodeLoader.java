package dev.kennel.graphql.node;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** Loads objects of some kinds by their global ids. */
public interface NodeLoader {

	/**
	 * Returns the kinds that it loads. Each kind has one loader.
	 * @return the kinds
	 */
	Set<NodeKind> kinds();

	/**
	 * Loads an object, in one batch with those of the same kind.
	 * @param environment the field
	 * @param account the caller's account
	 * @param id the object's id, of one of the kinds
	 * @return the object, or null if the account has none with this id
	 */
	CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id);

}
