package dev.kennel.graphql.federation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.node.NodeLoaderRegistry;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import graphql.TrivialDataFetcher;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Loads the entities that other subgraphs refer to: those of a kind by one statement, and
 * of the caller's account alone. A faulty reference is null, with an error, and does not
 * hide the others.
 */
final class EntityDataFetcher implements TrivialDataFetcher<CompletableFuture<List<@Nullable Object>>> {

	private final NodeLoaderRegistry loaders;

	EntityDataFetcher(NodeLoaderRegistry loaders) {
		this.loaders = loaders;
	}

	@Override
	public CompletableFuture<List<@Nullable Object>> get(DataFetchingEnvironment environment) {
		AccountId account = OperationContext.of(environment).caller().account();
		List<?> representations = Objects.requireNonNull(environment.<List<?>>getArgument("representations"));
		List<CompletableFuture<? extends @Nullable Object>> entities = new ArrayList<>(representations.size());
		for (int index = 0; index < representations.size(); index++) {
			NodeId id = id(representations.get(index));
			entities.add((id != null) ? this.loaders.load(environment, account, id)
					: CompletableFuture.completedFuture(faulty(environment, index)));
		}
		return NodeLoaderRegistry.all(entities);
	}

	private static @Nullable NodeId id(Object representation) {
		if (!(representation instanceof Map<?, ?> members) || !(members.get("id") instanceof String text)) {
			return null;
		}
		return NodeId.parse(text)
			.filter((id) -> SubgraphSchema.ENTITIES.contains(id.kind())
					&& id.kind().typeName().equals(members.get("__typename")))
			.orElse(null);
	}

	private static Object faulty(DataFetchingEnvironment environment, int index) {
		ApiException failure = ApiException.of(ErrorCode.BAD_USER_INPUT,
				"A reference has the __typename Dog, Owner or User, and an id of this type.");
		return DataFetcherResult.newResult()
			.error(ApiErrorFactory.ofField(failure, "", environment.getField().getSourceLocation(),
					environment.getExecutionStepInfo().getPath().segment(index).toList()))
			.build();
	}

}
