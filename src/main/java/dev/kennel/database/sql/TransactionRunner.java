package dev.kennel.database.sql;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * Executes work in a transaction, and retries it if PostgreSQL has ended it because of
 * another transaction.
 */
@Component
public class TransactionRunner {

	private static final Logger logger = LoggerFactory.getLogger(TransactionRunner.class);

	/** The maximum number of attempts, including the first. */
	static final int ATTEMPTS = 5;

	private static final Duration FIRST_BACKOFF = Duration.ofMillis(10);

	private final TransactionOperations operations;

	private final DataSource dataSource;

	private final LongAdder retries = new LongAdder();

	TransactionRunner(TransactionOperations operations, DataSource dataSource) {
		this.operations = operations;
		this.dataSource = dataSource;
	}

	/**
	 * Executes work in the current transaction of the thread, or in a new one. A new one
	 * is retried, up to five attempts in all, if PostgreSQL ends it because of a deadlock
	 * or a serialization failure.
	 * @param <T> the type of the result
	 * @param work the work; it may be called several times, and must have no effect
	 * outside of the database
	 * @return the result of the last attempt
	 */
	public <T> T execute(Supplier<T> work) {
		return TransactionSynchronizationManager.isActualTransactionActive() ? work.get()
				: retry(() -> this.operations.execute((status) -> work.get()));
	}

	/**
	 * Executes work in a transaction, as {@link #execute} does, but without JPA: opening
	 * a Hibernate session costs as much as a short statement. Spring refuses to write an
	 * entity here. No connection is taken before the first statement.
	 * @param <T> the type of the result
	 * @param work the work; it may be called several times, and must have no effect
	 * outside of the database
	 * @return the result of the last attempt
	 */
	public <T> T executeStatements(Supplier<T> work) {
		return TransactionSynchronizationManager.isActualTransactionActive() ? work.get()
				: retry(() -> executeOnce(work));
	}

	/** Returns how often transactions were retried. */
	public long retries() {
		return this.retries.sum();
	}

	private <T> T retry(Supplier<T> transaction) {
		for (int attempt = 1;; attempt++) {
			try {
				return transaction.get();
			}
			catch (RuntimeException ex) {
				if (attempt == ATTEMPTS || !SqlFailureClassifier.isContention(ex)) {
					throw ex;
				}
				this.retries.increment();
				logger.debug("Attempt {} of a transaction was aborted because of a conflict", attempt, ex);
				backOff(attempt);
			}
		}
	}

	/**
	 * Executes the last statement of the transaction. If it is the first one as well, it
	 * may be written in one statement with concurrent requests, or is committed by
	 * itself, in one round trip to the database where {@code BEGIN} and {@code COMMIT}
	 * would take a second. No statement can follow it then.
	 * @param <Q> the type of the request
	 * @param <T> the type of the result
	 * @param group the group commit for requests of this kind
	 * @param request the request
	 * @param work executes the request alone: executes one statement, and fails only if
	 * the statement does, since an exception after the statement does not roll it back
	 * @return the result of the group commit or of the work
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public <Q, T> T executeLastStatement(GroupCommit<Q, T> group, Q request, Supplier<T> work) {
		StatementTransaction transaction = current();
		if (transaction == null || !transaction.announceLast()) {
			return work.get();
		}
		return group.write(request, () -> {
			transaction.retryLast();
			return work.get();
		}, transaction::release);
	}

	/**
	 * Continues the transaction after a statement that was announced as the last one and
	 * has changed nothing: later statements are committed at the end of the transaction.
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public void continueAfterLastStatement() {
		StatementTransaction transaction = current();
		if (transaction != null) {
			transaction.continueAfterLastStatement();
		}
	}

	/** Returns the transaction of the thread, or null if it is of another kind. */
	private @Nullable StatementTransaction current() {
		requireTransaction();
		return (TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder
				&& holder.getConnectionHandle() instanceof StatementTransaction transaction) ? transaction : null;
	}

	/**
	 * Requires an active transaction, so that later statements are rolled back if
	 * something else fails.
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public static void requireTransaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("No transaction is active");
		}
	}

	private <T> T executeOnce(Supplier<T> work) {
		StatementTransaction transaction = new StatementTransaction(this.dataSource);
		// The resource is not marked as synchronized with the transaction, which tells
		// Spring that no entity manager participates.
		TransactionSynchronizationManager.initSynchronization();
		TransactionSynchronizationManager.bindResource(this.dataSource, new ConnectionHolder(transaction));
		TransactionSynchronizationManager.setActualTransactionActive(true);
		T result;
		boolean committing = false;
		try {
			result = work.get();
			TransactionSynchronizationUtils.triggerBeforeCommit(false);
			TransactionSynchronizationUtils.triggerBeforeCompletion();
			committing = true;
			transaction.commit();
		}
		catch (RuntimeException | Error ex) {
			if (!committing) {
				TransactionSynchronizationUtils.triggerBeforeCompletion();
			}
			transaction.rollback();
			TransactionSynchronizationUtils.invokeAfterCompletion(unbind(transaction), committing
					? TransactionSynchronization.STATUS_UNKNOWN : TransactionSynchronization.STATUS_ROLLED_BACK);
			throw ex;
		}
		List<TransactionSynchronization> synchronizations = unbind(transaction);
		try {
			TransactionSynchronizationUtils.invokeAfterCommit(synchronizations);
		}
		finally {
			TransactionSynchronizationUtils.invokeAfterCompletion(synchronizations,
					TransactionSynchronization.STATUS_COMMITTED);
		}
		return result;
	}

	/** Unbinds the transaction from the thread, and returns its synchronizations. */
	private List<TransactionSynchronization> unbind(StatementTransaction transaction) {
		List<TransactionSynchronization> synchronizations = TransactionSynchronizationManager.getSynchronizations();
		TransactionSynchronizationManager.setActualTransactionActive(false);
		TransactionSynchronizationManager.clearSynchronization();
		TransactionSynchronizationManager.unbindResource(this.dataSource);
		transaction.release();
		return synchronizations;
	}

	/** Random, so that two conflicting transactions don't collide again. */
	private static void backOff(int attempt) {
		try {
			Thread.sleep(ThreadLocalRandom.current().nextLong(1, FIRST_BACKOFF.toMillis() << attempt));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted between two attempts of a transaction", ex);
		}
	}

}
