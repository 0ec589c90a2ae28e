package dev.kennel.change;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.database.notification.NotificationListener;
import dev.kennel.identity.AccountId;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Signals after a commit that a feed has grown: by a callback on this instance, by a
 * PostgreSQL notification on the others. A signal carries only the account; the changes
 * are read from the database, so a lost signal loses no change.
 *
 * <p>
 * Accounts are distributed over a fixed number of channels, and an instance listens only
 * to those of the accounts that are followed on it: what it receives grows with its
 * subscriptions, not with the writes of all instances.
 */
@Component
public class FeedSignals implements NotificationListener {

	/** A power of two, which instances of all versions have to share. */
	static final int CHANNELS = 256;

	/**
	 * The channel of all accounts, on which earlier versions notify: during a rolling
	 * upgrade, this instance hears those that have not been replaced yet.
	 */
	private static final String SHARED_CHANNEL = "kennel_changes";

	private static final List<String> ACCOUNT_CHANNELS = IntStream.range(0, CHANNELS)
		.mapToObj((number) -> "%s_%03d".formatted(SHARED_CHANNEL, number))
		.toList();

	private final NotificationChannel notifications;

	private final Map<String, Set<AccountId>> followed = new ConcurrentHashMap<>();

	private Consumer<AccountId> signalListener = (account) -> {
	};

	private Consumer<Set<AccountId>> gapListener = (accounts) -> {
	};

	FeedSignals(NotificationChannel notifications) {
		this.notifications = notifications;
		notifications.listen(SHARED_CHANNEL, this);
	}

	/**
	 * Returns the channel of an account: by the last byte of its id, which is random.
	 */
	static String channel(AccountId account) {
		return ACCOUNT_CHANNELS.get((int) account.value().getLeastSignificantBits() & (CHANNELS - 1));
	}

	/**
	 * Sets the callbacks. They are invoked on the thread of the write or of the
	 * notifications, and must not block.
	 * @param signals receives the accounts whose feeds have changed
	 * @param gaps receives followed accounts of which signals may have been missed until
	 * now
	 */
	void listen(Consumer<AccountId> signals, Consumer<Set<AccountId>> gaps) {
		this.signalListener = signals;
		this.gapListener = gaps;
	}

	/**
	 * Receives the signals of an account from other instances, too. LISTEN takes effect a
	 * moment later: then, the account is reported as one with a gap.
	 */
	void follow(AccountId account) {
		this.followed.compute(channel(account), (channel, existing) -> {
			Set<AccountId> accounts = (existing != null) ? existing : ConcurrentHashMap.newKeySet();
			accounts.add(account);
			if (existing == null) {
				this.notifications.listen(channel, this);
			}
			return accounts;
		});
	}

	/** Receives no more signals of an account from other instances. */
	void unfollow(AccountId account) {
		this.followed.computeIfPresent(channel(account), (channel, accounts) -> {
			accounts.remove(account);
			if (!accounts.isEmpty()) {
				return accounts;
			}
			this.notifications.unlisten(channel, this);
			return null;
		});
	}

	/**
	 * Signals that the feed of an account has grown, after the commit of the current
	 * transaction.
	 * @param account the account
	 */
	public void signalAfterCommit(AccountId account) {
		CommitSignal signal = new CommitSignal(account);
		if (!TransactionSynchronizationManager.getSynchronizations().contains(signal)) {
			TransactionSynchronizationManager.registerSynchronization(signal);
			this.notifications.publish(channel(account), account.value().toString());
		}
	}

	@Override
	public void notified(String payload) {
		this.signalListener.accept(new AccountId(UUID.fromString(payload)));
	}

	@Override
	public void connected(Set<String> channels) {
		Set<AccountId> accounts = new HashSet<>();
		channels.forEach((channel) -> accounts.addAll(this.followed.getOrDefault(channel, Set.of())));
		if (!accounts.isEmpty()) {
			this.gapListener.accept(accounts);
		}
	}

	private final class CommitSignal implements TransactionSynchronization {

		private final AccountId account;

		CommitSignal(AccountId account) {
			this.account = account;
		}

		@Override
		public void afterCommit() {
			FeedSignals.this.signalListener.accept(this.account);
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
