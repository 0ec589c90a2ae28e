package dev.kennel.paging;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.Replica;
import dev.kennel.database.pipeline.ReplicaSession;
import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.graphql.operation.OperationInterceptor;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.FeedVersions.FeedVersion;
import graphql.GraphQLContext;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Decides which server the lists and nodes of an operation are read from. Queries are
 * read from the replica if it has replayed the newest write of their account. All other
 * reads use the primary: mutations, subscriptions, queries that are executed again or may
 * be delivered in parts, and what is neither a list nor a node.
 *
 * <p>
 * A client must see what it has written, whichever instance it asks next, and so must the
 * other devices of its account. Local knowledge is insufficient, because a notification
 * of another instance's write may be lost, or come after its acknowledgement. So the
 * version of the account is read from the primary for each query, by a statement that
 * begins after the query has arrived: all acknowledged writes are in it. It reads two
 * rows by their primary keys, together with the versions of other accounts that are
 * waiting ({@link FeedVersions}); the expensive reads, the lists, use the replica.
 *
 * <p>
 * The replica has reached an account if its version is the same and has come with the
 * same entry of the change feed: a standby with another history, as after a failover that
 * has lost writes, is not used for the accounts that differ. What a standby has replayed
 * it keeps, so that all later statements of the session see it, too. They may also see a
 * write that is not acknowledged yet, a moment before the primary shows it.
 *
 * <p>
 * An operation reads from one server. If the replica fails meanwhile, the whole query is
 * executed again, on the primary. If the replica is too busy to respond in time, the
 * query is read from the primary: a saturated replica serves as much as it can, and the
 * rest falls on the primary.
 */
@Component
class ReadRouter implements OperationInterceptor {

	private final @Nullable Replica replica;

	private final EventLoops loops;

	private final FeedVersions primaryVersions;

	private volatile @Nullable SessionVersions replicaVersions;

	private final Map<Outcome, LongAdder> queries = new EnumMap<>(Outcome.class);

	ReadRouter(PipelinedClient primary, ObjectProvider<Replica> replica, EventLoops loops) {
		this.replica = replica.getIfAvailable();
		this.loops = loops;
		this.primaryVersions = new FeedVersions(
				(sql, parameters) -> primary.query(this, StatementLane.SHORT, sql, parameters));
		for (Outcome outcome : Outcome.values()) {
			this.queries.put(outcome, new LongAdder());
		}
	}

	/**
	 * Returns the reader of a list for an operation.
	 * @param reader the reader, which reads from the primary
	 * @param context the context of the operation
	 * @return the same reader, or one that chooses the server
	 */
	<T> ListReader<T> readerFor(ListReader<T> reader, GraphQLContext context) {
		if (this.replica == null) {
			return reader;
		}
		OperationStatementRunner existing = context.get(OperationStatementRunner.class);
		if (existing != null) {
			return reader.on(existing);
		}
		OperationContext operation = OperationContext.of(context);
		if (!mayUseReplica(operation.operation()) || operation.isRepeated()) {
			return reader;
		}
		return reader.on(context.computeIfAbsent(OperationStatementRunner.class,
				(key) -> new OperationStatementRunner(this, operation, reader.runner())));
	}

	private static boolean mayUseReplica(@Nullable PreparedOperation operation) {
		return operation != null && operation.definition().getOperation() == OperationDefinition.Operation.QUERY
				&& !operation.plans().mayDeliverIncrementally();
	}

	/**
	 * Decides where an account is read from.
	 * @param account the account
	 * @return the decision, for which the replica has its maximum wait; fails if the
	 * primary is not available, which would serve the query otherwise
	 */
	CompletableFuture<Decision> decide(AccountId account) {
		ReplicaSession session = (this.replica != null) ? this.replica.session() : null;
		if (session == null) {
			return CompletableFuture.completedFuture(Decision.primary(Outcome.UNAVAILABLE));
		}
		CompletableFuture<FeedVersion> reached = session.withinMaxWait(versionsOf(session).read(account.value()));
		if (reached.isCompletedExceptionally()) {
			return CompletableFuture.completedFuture(failed(reached, null));
		}
		CompletableFuture<FeedVersion> written = this.primaryVersions.read(account.value());
		return written.thenCombine(reached, (here, there) -> here.equals(there) ? new Decision(Outcome.REPLICA, session)
				: Decision.primary(Outcome.BEHIND))
			.exceptionally((failure) -> failed(reached, written));
	}

	private static Decision failed(CompletableFuture<?> reached, @Nullable CompletableFuture<?> written) {
		if (written != null && written.isCompletedExceptionally()
				&& SqlFailureClassifier.isUnavailable(written.exceptionNow())) {
			throw new CompletionException(written.exceptionNow());
		}
		if (!reached.isCompletedExceptionally()) {
			return Decision.primary(null);
		}
		return Decision.primary((reached.exceptionNow() instanceof TimeoutException) ? Outcome.BUSY : Outcome.FAILED);
	}

	@SuppressWarnings("ReferenceEquality")
	private FeedVersions versionsOf(ReplicaSession session) {
		SessionVersions current = this.replicaVersions;
		if (current == null || current.session() != session) {
			current = new SessionVersions(session, new FeedVersions(session::lookUp));
			this.replicaVersions = current;
		}
		return current.versions();
	}

	/**
	 * Returns the executor of continuations: the event loop of the calling thread, or the
	 * thread on which the result arrives.
	 */
	Executor continuation() {
		return this.loops.current();
	}

	/** Counts a query once: its second execution has no runner. */
	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		if (this.replica != null) {
			OperationStatementRunner runner = response.getExecutionInput()
				.getGraphQLContext()
				.get(OperationStatementRunner.class);
			Outcome outcome = (runner != null) ? runner.outcome() : null;
			if (outcome != null) {
				counter(outcome).increment();
			}
		}
		return response;
	}

	/** Returns the number of queries with an outcome. */
	long queries(Outcome outcome) {
		return counter(outcome).sum();
	}

	private LongAdder counter(Outcome outcome) {
		return Objects.requireNonNull(this.queries.get(outcome));
	}

	/** Where a query was read from, and why. */
	enum Outcome {

		/** From the replica. */
		REPLICA,

		/** From the primary, since the replica has another version of the account. */
		BEHIND,

		/** From the primary, since the replica has not responded in time. */
		BUSY,

		/** From the primary, since the replica is not available. */
		UNAVAILABLE,

		/**
		 * From the primary, since a statement of the replica has failed or has met read
		 * skew; or not at all, since the deadline has passed there.
		 */
		FAILED

	}

	/**
	 * Where an operation is read from.
	 *
	 * @param outcome the outcome, unless the replica fails; null if it is not counted,
	 * since the primary has failed
	 * @param session the session of the replica, or null for the primary
	 */
	record Decision(@Nullable Outcome outcome, @Nullable ReplicaSession session) {

		static Decision primary(@Nullable Outcome reason) {
			return new Decision(reason, null);
		}

	}

	private record SessionVersions(ReplicaSession session, FeedVersions versions) {
	}

}
