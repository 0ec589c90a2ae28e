package dev.kennel.paging;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.OperationScope;
import dev.kennel.database.pipeline.ReplicaSession;
import dev.kennel.database.sql.SqlFailureClassifier;
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
		if (decision.isCompletedExceptionally()) {
			return CompletableFuture.failedFuture(decision.exceptionNow());
		}
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
		var _ = decision.whenCompleteAsync((chosen, undecided) -> scope.run(() -> {
			if (result.isDone()) {
				return;
			}
			if (undecided != null) {
				result.completeExceptionally(decision.exceptionNow());
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
		Deadline deadline = Deadline.current();
		return session.query(arguments.account(), statement.lane(), statement.sql(), statement.values(arguments))
			.handle((rows, failure) -> {
				if (failure != null) {
					throw failed(failure, deadline);
				}
				return reader.readReceived(rows);
			});
	}

	/**
	 * Returns where the operation was read from.
	 * @return the outcome, or null if the operation has ended without a decision
	 */
	synchronized @Nullable Outcome outcome() {
		if (this.failed) {
			return Outcome.FAILED;
		}
		if (this.decision == null || this.decision.state() != Future.State.SUCCESS) {
			return null;
		}
		Outcome decided = this.decision.resultNow().outcome();
		return (decided == Outcome.REPLICA && this.operation.isRetryRequested()) ? Outcome.FAILED : decided;
	}

	/**
	 * Whatever the failure of the replica, such as a conflict with what it replays: the
	 * query is executed again, on the primary, unless its deadline has passed. The
	 * exception reaches no client then. A statement may also have been cancelled earlier,
	 * by the standby's own timeout or its administrator.
	 */
	private RuntimeException failed(Throwable failure, @Nullable Deadline deadline) {
		this.failed = true;
		if (deadline != null && deadline.remaining().isZero() && SqlFailureClassifier.isDeadlineExceeded(failure)
				&& failure instanceof RuntimeException exceeded) {
			return exceeded;
		}
		this.operation.requestRetry();
		return ApiException.of(ErrorCode.UNAVAILABLE, "The replica has failed, and the query is executed again.");
	}

}
