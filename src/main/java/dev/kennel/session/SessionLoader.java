package dev.kennel.session;

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
 * Loads all sessions of the caller's account, once for all fields of an operation.
 */
@Component
class SessionLoader implements NodeLoader {

	private final BatchLoader<AccountId, List<Session>> sessions;

	SessionLoader(SessionService service) {
		this.sessions = BatchLoader.blockingEach("sessions", service::findAll);
	}

	CompletableFuture<List<Session>> load(DataFetchingEnvironment environment, AccountId account) {
		return this.sessions.load(environment, account);
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
