package dev.kennel.account;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.graphql.node.NodeLoader;
import dev.kennel.graphql.node.NodeReference;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Loads the caller's account, once for all fields of an operation.
 */
@Component
public class UserLoader implements NodeLoader {

	private final LevelBatchLoader<AccountId, User> users;

	UserLoader(AccountService accounts) {
		this.users = LevelBatchLoader.blockingEach("users", accounts::find);
	}

	@Override
	public Set<NodeKind> kinds() {
		return Set.of(NodeKind.USER);
	}

	/** Returns null for every account but the caller's. */
	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		return account.value().equals(id.uuid()) ? load(environment, account) : CompletableFuture.completedFuture(null);
	}

	/**
	 * Loads the account of one of its objects, unless only its id is selected.
	 * @param environment the environment of the field
	 * @param account the caller's account, which the object belongs to
	 * @return its user, or a reference to it
	 */
	public CompletableFuture<?> loadReferenced(DataFetchingEnvironment environment, AccountId account) {
		return NodeReference.suffices(environment)
				? CompletableFuture.completedFuture(new NodeReference(NodeKind.USER.id(account.value())))
				: load(environment, account);
	}

	/**
	 * Loads an account.
	 * @param environment the environment of the field
	 * @param account the caller's account
	 * @return its user; null if it has been deleted
	 */
	public CompletableFuture<User> load(DataFetchingEnvironment environment, AccountId account) {
		return this.users.load(environment, account);
	}

}
