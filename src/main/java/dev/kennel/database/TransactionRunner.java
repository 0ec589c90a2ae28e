package dev.kennel.database;

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
 * Runs what has to happen whole or not at all. What the store refuses for the sake of
 * another transaction is run again, so that nobody else has to know of it.
 */
@Component
public class TransactionRunner {

	private static final Logger logger = LoggerFactory.getLogger(TransactionRunner.class);

	/** The first and the repetitions. */
	static final int ATTEMPTS = 5;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

	private final TransactionOperations operations;

	private final DataSource dataSource;

	private final LongAdder repeated = new LongAdder();

	TransactionRunner(TransactionOperations operations, DataSource dataSource) {
		this.operations = operations;
		this.dataSource = dataSource;
	}

	/**
	 * Runs work in a transaction: the one that the thread is in, or a new one, which is
	 * run again, up to five times in all, if the store ends it because of a deadlock or
	 * because it can't be serialised.
	 * @param <T> what the work answers
	 * @param work what to do; it may be called several times, and must have no effect but
	 * on the store
	 * @return what the last run answers
	 */
	public <T> T execute(Supplier<T> work) {
		return TransactionSynchronizationManager.isActualTransactionActive() ? work.get()
				: repeat(() -> this.operations.execute((status) -> work.get()));
	}

	/**
	 * Runs work in a transaction, as {@link #execute} does, but work in which entities
	 * have no part: to open a session of Hibernate costs as much as a short statement.
	 * Spring refuses to write an entity here. No connection is taken before the first
	 * statement.
	 * @param <T> what the work answers
	 * @param work what to do; it may be called several times, and must have no effect but
	 * on the store
	 * @return what the last run answers
	 */
	public <T> T executeStatements(Supplier<T> work) {
		return TransactionSynchronizationManager.isActualTransactionActive() ? work.get()
				: repeat(() -> executeOnce(work));
	}

	/** How often a transaction was run again because another got in its way. */
	long repeated() {
		return this.repeated.sum();
	}

	private <T> T repeat(Supplier<T> transaction) {
		for (int attempt = 1;; attempt++) {
			try {
				return transaction.get();
			}
			catch (RuntimeException ex) {
				if (attempt == ATTEMPTS || !SqlFailureClassifier.isContention(ex)) {
					throw ex;
				}
				this.repeated.increment();
				logger.debug("Attempt {} of a transaction gave way to another", attempt, ex);
				pause(attempt);
			}
		}
	}

	/**
	 * Runs the one statement that is left to do. If there was none before it in the
	 * transaction, it is the transaction: it is committed by itself, in one round trip to
	 * the store where {@code BEGIN} and {@code COMMIT} would take a second. None can
	 * follow on it then.
	 * @param <T> what the work answers
	 * @param work runs one statement, and fails only if the statement does: what it
	 * throws after that does not undo it
	 * @return what the work answers
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public <T> T executeCommitting(Supplier<T> work) {
		StatementTransaction transaction = current();
		if (transaction != null) {
			transaction.announceLast();
		}
		return work.get();
	}

	/**
	 * Runs the one statement that is left to do, as {@link #executeCommitting(Supplier)} does.
	 * If it is the transaction, what others ask for at the same time may be written with
	 * it.
	 * @param <Q> what is asked for
	 * @param <T> what is answered
	 * @param group those who do the same
	 * @param request what is asked for
	 * @param work does it alone: runs one statement, and fails only if the statement does
	 * @return what the group, or the work, answers
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public <Q, T> T executeCommitting(GroupCommit<Q, T> group, Q request, Supplier<T> work) {
		StatementTransaction transaction = current();
		if (transaction == null || !transaction.announceLast()) {
			return work.get();
		}
		return group.write(request, () -> {
			transaction.repeatLast();
			return work.get();
		}, transaction::release);
	}

	/**
	 * Goes on after a statement that was announced as the last one and has changed
	 * nothing: what follows is a transaction, committed at its end.
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public void continueAfterCommit() {
		StatementTransaction transaction = current();
		if (transaction != null) {
			transaction.continueAfterCommit();
		}
	}

	/** The thread's transaction, or null if it is one of another kind. */
	private @Nullable StatementTransaction current() {
		requireTransaction();
		return (TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder
				&& holder.getConnectionHandle() instanceof StatementTransaction transaction) ? transaction : null;
	}

	/**
	 * Makes sure that what follows is undone if something else fails.
	 * @throws IllegalStateException if the thread is in no transaction
	 */
	public static void requireTransaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("This belongs in a transaction");
		}
	}

	private <T> T executeOnce(Supplier<T> work) {
		StatementTransaction transaction = new StatementTransaction(this.dataSource);
		// It does not say that it is synchronized with the transaction: by that, Spring
		// knows that no entity can take part.
		TransactionSynchronizationManager.initSynchronization();
		TransactionSynchronizationManager.bindResource(this.dataSource, new ConnectionHolder(transaction));
		TransactionSynchronizationManager.setActualTransactionActive(true);
		T answer;
		boolean committing = false;
		try {
			answer = work.get();
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
			TransactionSynchronizationUtils.invokeAfterCompletion(end(transaction), committing
					? TransactionSynchronization.STATUS_UNKNOWN : TransactionSynchronization.STATUS_ROLLED_BACK);
			throw ex;
		}
		List<TransactionSynchronization> synchronizations = end(transaction);
		try {
			TransactionSynchronizationUtils.invokeAfterCommit(synchronizations);
		}
		finally {
			TransactionSynchronizationUtils.invokeAfterCompletion(synchronizations,
					TransactionSynchronization.STATUS_COMMITTED);
		}
		return answer;
	}

	/** Takes the thread out of the transaction, and answers who waits for its end. */
	private List<TransactionSynchronization> end(StatementTransaction transaction) {
		List<TransactionSynchronization> synchronizations = TransactionSynchronizationManager.getSynchronizations();
		TransactionSynchronizationManager.setActualTransactionActive(false);
		TransactionSynchronizationManager.clearSynchronization();
		TransactionSynchronizationManager.unbindResource(this.dataSource);
		transaction.release();
		return synchronizations;
	}

	/** Random, so that two that got in each other's way do not meet again. */
	private static void pause(int attempt) {
		try {
			Thread.sleep(ThreadLocalRandom.current().nextLong(1, FIRST_PAUSE.toMillis() << attempt));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted between two attempts of a transaction", ex);
		}
	}

}
