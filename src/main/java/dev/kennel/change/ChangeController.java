package dev.kennel.change;

import dev.kennel.engine.loader.OperationScopedCache;
import dev.kennel.graphql.node.NodeReference;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ConnectionLoader;
import graphql.execution.SubscriptionExecutionStrategy;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SubscriptionMapping;
import org.springframework.stereotype.Controller;

/** Resolves the fields of the change feed. */
@Controller
class ChangeController {

	private final ChangeService changes;

	private final FeedDispatcher dispatcher;

	private final ConnectionLoader connections;

	ChangeController(ChangeService changes, FeedDispatcher dispatcher, ConnectionLoader connections) {
		this.changes = changes;
		this.dispatcher = dispatcher;
		this.connections = connections;
	}

	@QueryMapping
	String myChangesCursor(AccountId account) {
		return ChangeCursor.encode(this.changes.end(account));
	}

	@SubscriptionMapping
	Publisher<Change> myChanges(AccountId account, @Argument @Nullable String after,
			DataFetchingEnvironment environment) {
		OpenStream stream = OperationContext.of(environment).stream();
		environment.getGraphQlContext().put(SubscriptionExecutionStrategy.KEEP_SUBSCRIPTION_EVENTS_ORDERED, true);
		return this.dispatcher.follow(account,
				new FeedSubscriptionParameters(this.changes.start(account, after),
						environment.getSelectionSet().contains("node"),
						!NodeReference.suffices(environment, "node", "owner"), (change) -> {
							OperationScopedCache.clearAll(environment);
							change.loadedNodes()
								.forEach((id, node) -> this.connections.cacheNode(environment, account, id.kind(),
										node));
						}, () -> {
							if (stream != null) {
								stream.end(StreamEnd.TOO_SLOW);
							}
						}));
	}

}
