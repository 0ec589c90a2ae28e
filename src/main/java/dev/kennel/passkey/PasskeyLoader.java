package dev.kennel.passkey;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.kennel.engine.BatchLoader;
import dev.kennel.graphql.node.NodeLoader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Loads all passkeys of the caller's account, once for all fields of an operation.
 */
@Component
class PasskeyLoader implements NodeLoader {

	private final BatchLoader<AccountId, List<Passkey>> passkeys;

	PasskeyLoader(PasskeyService service) {
		this.passkeys = BatchLoader.blockingEach("passkeys", service::findAll);
	}

	CompletableFuture<List<Passkey>> load(DataFetchingEnvironment environment, AccountId account) {
		return this.passkeys.load(environment, account);
	}

	@Override
	public Set<NodeKind> kinds() {
		return Set.of(NodeKind.PASSKEY);
	}

	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		return load(environment, account).<@Nullable Passkey>thenApply(
				(passkeys) -> passkeys.stream().filter((passkey) -> passkey.id().equals(id)).findFirst().orElse(null));
	}

}
