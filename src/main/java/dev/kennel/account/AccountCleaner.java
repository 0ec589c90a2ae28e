package dev.kennel.account;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.kennel.database.DatabaseSample;
import dev.kennel.database.DatabaseSampleSource;
import dev.kennel.database.SqlFailureClassifier;
import dev.kennel.database.TransactionRunner;
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
 * Removes the rows of deleted accounts: at once, and again each minute in case that the
 * instance that had begun with it is gone. An account may have millions of rows, so they
 * are removed a few at a time, each time in a transaction of its own, and half of the
 * time is left to others. All instances do it; no two are in the same account at a time.
 */
@Component
class AccountCleaner implements DatabaseSampleSource {

	private static final Logger logger = LoggerFactory.getLogger(AccountCleaner.class);

	/** Some 30 ms of PostgreSQL's time. */
	private static final int BATCH = 2_000;

	private static final int NOT_CLAIMED = -1;

	private static final int ACCOUNTS = 100;

	private static final Duration SHUTDOWN = Duration.ofSeconds(10);

	private final DeletedAccountRepository accounts;

	private final TransactionRunner transactions;

	/**
	 * One run at a time; one more, which sees all that is there when it begins, waits.
	 */
	private final ThreadPoolExecutor runs = new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS,
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
		this.runs.execute(this::clean);
	}

	/** Removes what is there, but for accounts that another instance is at. */
	void clean() {
		try {
			List<AccountId> found;
			AccountId last = new AccountId(new UUID(0, 0));
			do {
				found = this.accounts.findAfter(last, ACCOUNTS);
				for (AccountId account : found) {
					remove(account);
					last = account;
				}
			}
			while (found.size() == ACCOUNTS);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The deleted accounts could not be read; the next run catches up", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Removes the rows of an account, unless another instance is at it. */
	private void remove(AccountId account) throws InterruptedException {
		try {
			for (String table : DeletedAccountRepository.LARGE_TABLES) {
				if (!removeAll(account, table)) {
					return;
				}
			}
			claimed(account, () -> this.accounts.remove(account));
		}
		catch (DataAccessException | TransactionException ex) {
			if (SqlFailureClassifier.isUnavailable(ex)) {
				throw ex;
			}
			// The others must not wait for it.
			logger.warn("Rows of a deleted account could not be removed, and will be tried again", ex);
		}
	}

	private boolean removeAll(AccountId account, String table) throws InterruptedException {
		int removed = BATCH;
		while (removed == BATCH) {
			long begin = System.nanoTime();
			removed = claimed(account, () -> this.accounts.removeSome(account, table, BATCH));
			TimeUnit.NANOSECONDS.sleep(System.nanoTime() - begin);
		}
		return removed != NOT_CLAIMED;
	}

	private int claimed(AccountId account, Supplier<Integer> removal) {
		return this.transactions.executeStatements(() -> this.accounts.claim(account) ? removal.get() : NOT_CLAIMED);
	}

	@PreDestroy
	void stop() throws InterruptedException {
		this.runs.shutdownNow();
		this.runs.awaitTermination(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
	}

}
