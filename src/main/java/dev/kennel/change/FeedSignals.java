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
 * Tells whoever follows a feed that it has grown, once the change is committed: on this
 * instance by a call, on the others by a notification. A signal says nothing but where to
 * look, so that losing one loses no change.
 */
@Component
class FeedSignals {

	private static final String CHANNEL = "kennel_changes";

	private final NotificationChannel notifications;

	private final List<Consumer<AccountId>> listeners = new CopyOnWriteArrayList<>();

	FeedSignals(NotificationChannel notifications) {
		this.notifications = notifications;
		notifications.listen(CHANNEL, (payload) -> tell(new AccountId(UUID.fromString(payload))));
	}

	/**
	 * Calls back after each commit that changes something, on the thread of the write or
	 * of the notifications: it must return at once.
	 */
	void listen(Consumer<AccountId> listener) {
		this.listeners.add(listener);
	}

	void changedAtCommit(AccountId account) {
		AtCommit signal = new AtCommit(account);
		if (!TransactionSynchronizationManager.getSynchronizations().contains(signal)) {
			TransactionSynchronizationManager.registerSynchronization(signal);
			this.notifications.publish(CHANNEL, account.value().toString());
		}
	}

	private void tell(AccountId account) {
		this.listeners.forEach((listener) -> listener.accept(account));
	}

	private final class AtCommit implements TransactionSynchronization {

		private final AccountId account;

		AtCommit(AccountId account) {
			this.account = account;
		}

		@Override
		public void afterCommit() {
			tell(this.account);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof AtCommit signal && signal.account.equals(this.account);
		}

		@Override
		public int hashCode() {
			return this.account.hashCode();
		}

	}

}
