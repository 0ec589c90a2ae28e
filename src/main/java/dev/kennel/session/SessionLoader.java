package dev.kennel.session;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.graphql.node.NodeLoader;
import graphql.schema.DataFetchingEnvironment;
import org.dataloader.DataLoader;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.stereotype.Component;

/**
 * Loads the sessions of the account that asks: all of them, once for all the fields of an
 * operation that lead to them.
 */
@Component
class SessionLoader implements NodeLoader {

	private static final String NAME = "User.sessions";

	SessionLoader(SessionService sessions, BatchLoaderRegistry registry) {
		registry.<AccountId, List<Session>>forName(NAME).registerMappedBatchLoader((accounts, environment) -> {
			Map<AccountId, List<Session>> found = new HashMap<>();
			accounts.forEach((account) -> found.put(account, sessions.findAll(account)));
			return Mono.just(found);
		});
	}

	CompletableFuture<List<Session>> load(DataFetchingEnvironment environment, AccountId account) {
		DataLoader<AccountId, List<Session>> loader = environment.getDataLoader(NAME);
		if (loader == null) {
			throw new IllegalStateException("No loader for " + NAME);
		}
		return loader.load(account);
	}

	@Override
	public Set<NodeKind> kinds() {
		return Set.of(NodeKind.SESSION);
	}

	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		return load(environment, account).<@Nullable Session>thenApply(
				(sessions) -> sessions.stream().filter((session) -> session.id().equals(id)).findFirst().orElse(null));
	}

}
