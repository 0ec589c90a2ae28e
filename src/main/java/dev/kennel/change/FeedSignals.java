package dev.kennel.change;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.kennel.database.NotificationChannel;
import dev.kennel.identity.AccountId;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Signals after a commit that a feed has grown: by a callback on this instance, by a
 * PostgreSQL notification on the others. A signal carries only the account; the changes
 * are read from the database, so a lost signal loses no change.
 */
@Component
class FeedSignals {

	private static final String CHANNEL = "kennel_changes";

	private final NotificationChannel notifications;

	private final List<Consumer<AccountId>> listeners = new CopyOnWriteArrayList<>();

	FeedSignals(NotificationChannel notifications) {
		this.notifications = notifications;
		notifications.listen(CHANNEL, (payload) -> notifyListeners(new AccountId(UUID.fromString(payload))));
	}

	/**
	 * Registers a callback for commits that change a feed. It is invoked on the thread of
	 * the write or of the notifications, and must not block.
	 */
	void listen(Consumer<AccountId> listener) {
		this.listeners.add(listener);
	}

	void signalAfterCommit(AccountId account) {
		CommitSignal signal = new CommitSignal(account);
		if (!TransactionSynchronizationManager.getSynchronizations().contains(signal)) {
			TransactionSynchronizationManager.registerSynchronization(signal);
			this.notifications.publish(CHANNEL, account.value().toString());
		}
	}

	private void notifyListeners(AccountId account) {
		this.listeners.forEach((listener) -> listener.accept(account));
	}

	private final class CommitSignal implements TransactionSynchronization {

		private final AccountId account;

		CommitSignal(AccountId account) {
			this.account = account;
		}

		@Override
		public void afterCommit() {
			notifyListeners(this.account);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof CommitSignal signal && signal.account.equals(this.account);
		}

		@Override
		public int hashCode() {
			return this.account.hashCode();
		}

	}

}
