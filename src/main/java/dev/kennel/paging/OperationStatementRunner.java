package dev.kennel.paging;

import java.util.concurrent.CompletableFuture;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.OperationScope;
import dev.kennel.database.SqlFailureClassifier;
import dev.kennel.database.pipeline.ReplicaSession;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ListStatement.Arguments;
import dev.kennel.paging.ReadRouter.Decision;
import dev.kennel.paging.ReadRouter.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Executes the statements of one operation on the server that {@link ReadRouter} chooses
 * at the first of them.
 */
final class OperationStatementRunner implements StatementRunner {

	private final ReadRouter router;

	private final OperationContext operation;

	private final StatementRunner primary;

	private @Nullable AccountId account;

	private @Nullable CompletableFuture<Decision> decision;

	private volatile boolean failed;

	OperationStatementRunner(ReadRouter router, OperationContext operation, StatementRunner primary) {
		this.router = router;
		this.operation = operation;
		this.primary = primary;
	}

	@Override
	public <R> CompletableFuture<R> execute(ListStatement statement, Arguments arguments, Reader<R> reader) {
		CompletableFuture<Decision> decision = decide(arguments.account());
		if (decision.isDone()) {
			return execute(decision.resultNow(), statement, arguments, reader);
		}
		OperationScope scope = OperationScope.capture();
		CompletableFuture<R> result = new CompletableFuture<>();
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			// The versions are read for several operations, and by a deadline of their
			// own.
			deadline.onExpiry((graceOver) -> expire(decision, result));
		}
		var _ = decision.thenAcceptAsync((chosen) -> scope.run(() -> {
			if (result.isDone()) {
				return;
			}
			try {
				var _ = execute(chosen, statement, arguments, reader).whenComplete((value, failure) -> {
					if (failure == null) {
						result.complete(value);
					}
					else {
						result.completeExceptionally(failure);
					}
				});
			}
			// The deadline has passed, above all.
			catch (RuntimeException | Error ex) {
				result.completeExceptionally(ex);
			}
		}), this.router.continuation());
		return result;
	}

	/** Ends an operation that waits for the decision at its deadline. */
	private static boolean expire(CompletableFuture<?> decision, CompletableFuture<?> result) {
		if (decision.isDone() || result.isDone()) {
			return false;
		}
		// Dependent work must not be executed on the watchdog thread.
		Thread.startVirtualThread(() -> result.completeExceptionally(new DeadlineExceededException()));
		return true;
	}

	private synchronized CompletableFuture<Decision> decide(AccountId requested) {
		if (this.decision == null) {
			this.account = requested;
			this.decision = this.router.decide(requested);
		}
		// An operation concerns one account.
		return requested.equals(this.account) ? this.decision
				: CompletableFuture.completedFuture(Decision.primary(null));
	}

	private <R> CompletableFuture<R> execute(Decision chosen, ListStatement statement, Arguments arguments,
			Reader<R> reader) {
		ReplicaSession session = chosen.session();
		if (session == null) {
			return this.primary.execute(statement, arguments, reader);
		}
		return session.query(arguments.account(), statement.lane(), statement.sql(), statement.values(arguments))
			.handle((rows, failure) -> {
				if (failure != null) {
					throw failed(failure);
				}
				return reader.readReceived(rows);
			});
	}

	/**
	 * Returns where the operation was read from.
	 * @return the outcome, or null if the operation has ended before the decision
	 */
	synchronized @Nullable Outcome outcome() {
		if (this.failed) {
			return Outcome.FAILED;
		}
		return (this.decision != null && this.decision.isDone()) ? this.decision.resultNow().outcome() : null;
	}

	/**
	 * Whatever the failure of the replica, such as a conflict with what it replays: the
	 * query is executed again, on the primary. The exception reaches no client.
	 */
	private RuntimeException failed(Throwable failure) {
		if (SqlFailureClassifier.isDeadlineExceeded(failure) && failure instanceof RuntimeException exceeded) {
			return exceeded;
		}
		this.failed = true;
		this.operation.requestRetry();
		return ApiException.of(ErrorCode.UNAVAILABLE, "The replica has failed, and the query is executed again.");
	}

}
