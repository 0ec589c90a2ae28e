package dev.kennel.account.deletion;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.kennel.database.monitor.DatabaseSample;
import dev.kennel.database.monitor.DatabaseSampleSource;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.identity.AccountId;
import io.micrometer.core.instrument.Tags;
import jakarta.annotation.PreDestroy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Removes the rows of deleted accounts in the background: after the commit of a deletion,
 * and every minute for deletions whose instance has stopped. An account may have millions
 * of rows, so each batch is a transaction of its own, followed by a pause as long as the
 * batch took. All instances clean; a row lock admits one at a time per account.
 */
@Component
class AccountCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(AccountCleaner.class);

	/** Takes PostgreSQL some 30 ms. */
	private static final int BATCH_SIZE = 2_000;

	private static final int NOT_CLAIMED = -1;

	private static final int PAGE_SIZE = 100;

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

	private final DeletedAccountRepository accounts;

	private final TransactionRunner transactions;

	/**
	 * One run executes and at most one is queued, which reads all accounts that were
	 * deleted before it starts.
	 */
	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS,
			new ArrayBlockingQueue<>(1), Thread.ofPlatform().daemon().name("account-cleaner").factory(),
			new ThreadPoolExecutor.DiscardPolicy());

	AccountCleaner(DeletedAccountRepository accounts, TransactionRunner transactions) {
		this.accounts = accounts;
		this.transactions = transactions;
	}

	@Override
	public List<DatabaseSample> samples() {
		return List.of(
				new DatabaseSample("kennel.accounts.deleted", Tags.empty(), "",
						"Deleted accounts with rows that are yet to be removed", this.accounts::count),
				new DatabaseSample("kennel.accounts.deleted.age", Tags.empty(), "seconds",
						"How long ago the first of them was deleted", this.accounts::oldest));
	}

	@EventListener
	void on(BeforeAccountDeletion event) {
		this.accounts.removePersonal(event.account());
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				start();
			}

		});
	}

	@Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
	void start() {
		this.executor.execute(this::clean);
	}

	/** Removes the rows of all deleted accounts that no other instance has claimed. */
	void clean() {
		try {
			List<AccountId> page;
			AccountId last = new AccountId(new UUID(0, 0));
			do {
				page = this.accounts.findAfter(last, PAGE_SIZE);
				for (AccountId account : page) {
					remove(account);
					last = account;
				}
			}
			while (page.size() == PAGE_SIZE);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The deleted accounts could not be read; the next run catches up", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Removes the rows of an account, unless another instance has claimed it. */
	private void remove(AccountId account) throws InterruptedException {
		try {
			for (DeletedAccountRepository.LargeTable table : DeletedAccountRepository.LARGE_TABLES) {
				if (!removeAll(account, table)) {
					return;
				}
			}
			executeClaimed(account, () -> this.accounts.remove(account));
		}
		catch (DataAccessException | TransactionException ex) {
			if (SqlFailureClassifier.isUnavailable(ex)) {
				throw ex;
			}
			// The failure of one account does not block the others.
			logger.warn("Rows of a deleted account could not be removed, and will be tried again", ex);
		}
	}

	private boolean removeAll(AccountId account, DeletedAccountRepository.LargeTable table)
			throws InterruptedException {
		int removed = BATCH_SIZE;
		// A batch is larger if rows share the key of its last one.
		while (removed >= BATCH_SIZE) {
			long start = System.nanoTime();
			removed = executeClaimed(account, () -> this.accounts.removeBatch(account, table, BATCH_SIZE));
			TimeUnit.NANOSECONDS.sleep(System.nanoTime() - start);
		}
		return removed != NOT_CLAIMED;
	}

	private int executeClaimed(AccountId account, Supplier<Integer> removal) {
		return this.transactions.executeStatements(() -> this.accounts.claim(account) ? removal.get() : NOT_CLAIMED);
	}

	@PreDestroy
	void stop() throws InterruptedException {
		this.executor.shutdownNow();
		this.executor.awaitTermination(SHUTDOWN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
	}

}
