package dev.kennel.database;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs what has to happen whole or not at all. What the store refuses for the sake of
 * another transaction is run again, so that nobody else has to know of it.
 */
@Component
public class Transactions {

	private static final Logger logger = LoggerFactory.getLogger(Transactions.class);

	/** The first and the repetitions. */
	static final int ATTEMPTS = 5;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

	private final TransactionOperations operations;

	Transactions(TransactionOperations operations) {
		this.operations = operations;
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
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			return work.get();
		}
		for (int attempt = 1;; attempt++) {
			try {
				return this.operations.execute((status) -> work.get());
			}
			catch (RuntimeException ex) {
				if (attempt == ATTEMPTS || !StoreFailures.isContention(ex)) {
					throw ex;
				}
				logger.debug("Attempt {} of a transaction gave way to another", attempt, ex);
				pause(attempt);
			}
		}
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
