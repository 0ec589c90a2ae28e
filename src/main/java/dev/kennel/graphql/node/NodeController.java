package dev.kennel.graphql.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.ValidId;
import dev.kennel.text.BoundedListValueExtractor;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

/**
 * Finds objects of any type by their global ids.
 *
 * @see <a href="https://relay.dev/graphql/objectidentification.htm">GraphQL Global Object
 * Identification Specification</a>
 */
@Controller
class NodeController {

	private static final String TOO_MANY = "At most " + BoundedListValueExtractor.MAX + " ids are allowed.";

	private final NodeLoaderRegistry loaders;

	NodeController(NodeLoaderRegistry loaders) {
		this.loaders = loaders;
	}

	@QueryMapping
	CompletableFuture<?> node(AccountId account, @Argument @ValidId String id, DataFetchingEnvironment environment) {
		return load(environment, account, id);
	}

	@QueryMapping
	CompletableFuture<List<@Nullable Object>> nodes(AccountId account,
			@Argument @Size(max = BoundedListValueExtractor.MAX, message = TOO_MANY) List<@ValidId String> ids,
			DataFetchingEnvironment environment) {
		List<CompletableFuture<? extends @Nullable Object>> nodes = new ArrayList<>(ids.size());
		ids.forEach((id) -> nodes.add(load(environment, account, id)));
		return NodeLoaderRegistry.all(nodes);
	}

	private CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			String id) {
		return this.loaders.load(environment, account, NodeId.parse(id).orElseThrow());
	}

}
