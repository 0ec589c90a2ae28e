package dev.kennel.change;

import dev.kennel.engine.OperationCache;
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

/** The fields about the change feed. */
@Controller
class ChangeController {

	private final ChangeService changes;

	private final FeedDispatcher feeds;

	private final ConnectionLoader connections;

	ChangeController(ChangeService changes, FeedDispatcher feeds, ConnectionLoader connections) {
		this.changes = changes;
		this.feeds = feeds;
		this.connections = connections;
	}

	@QueryMapping
	String myChangesCursor(AccountId account) {
		return ChangeCursor.encode(this.changes.end(account));
	}

	@SubscriptionMapping
	Publisher<Change> myChanges(AccountId account, @Argument @Nullable String after,
			DataFetchingEnvironment environment) {
		OpenStream stream = OpenStream.find(environment.getGraphQlContext());
		environment.getGraphQlContext().put(SubscriptionExecutionStrategy.KEEP_SUBSCRIPTION_EVENTS_ORDERED, true);
		return this.feeds.follow(account,
				new ChangeRequest(this.changes.start(account, after), environment.getSelectionSet().contains("node"),
						environment.getSelectionSet().contains("node/owner"), (change) -> {
							OperationCache.clearAll(environment);
							change.known()
								.forEach(
										(id, node) -> this.connections.remember(environment, account, id.kind(), node));
						}, () -> {
							if (stream != null) {
								stream.end(StreamEnd.TOO_SLOW);
							}
						}));
	}

}
