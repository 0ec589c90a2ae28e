package dev.kennel.graphql.federation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.graphql.node.NodeLoaderRegistry;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
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
			entities.add(load(environment, account, representations.get(index), index));
		}
		return NodeLoaderRegistry.all(entities);
	}

	private CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			Object representation, int index) {
		Map<?, ?> members = (representation instanceof Map<?, ?> map) ? map : Map.of();
		Optional<NodeKind> kind = SubgraphSchema.ENTITIES.stream()
			.filter((entity) -> entity.typeName().equals(members.get("__typename")))
			.findFirst();
		if (kind.isEmpty()) {
			return faulty(environment, index, "__typename", "TYPE", "An entity is a Dog, an Owner or a User.");
		}
		Optional<NodeId> id = (members.get("id") instanceof String text) ? NodeId.parse(text) : Optional.empty();
		if (id.isEmpty() || id.get().kind() != kind.get()) {
			return faulty(environment, index, "id", "ID", "The id is malformed, or of another type.");
		}
		return this.loaders.load(environment, account, id.get());
	}

	private static CompletableFuture<Object> faulty(DataFetchingEnvironment environment, int index, String member,
			String code, String message) {
		ApiException failure = ApiException
			.badUserInput(List.of(new Violation(List.of("representations", index, member), code, message)));
		return CompletableFuture.completedFuture(DataFetcherResult.newResult()
			.error(ApiErrorFactory.ofField(failure, "", environment.getField().getSourceLocation(),
					environment.getExecutionStepInfo().getPath().segment(index).toList()))
			.build());
	}

}
