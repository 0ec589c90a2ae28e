package dev.kennel.database.notification;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.kennel.database.BurstWarning;
import dev.kennel.database.sql.SqlFailureClassifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notifications from a queue, on a thread of its own: a NOTIFY in a writing
 * transaction would make all such transactions of the database commit one after another.
 * A notification published shortly after another one waits for further ones: a
 * transaction, and waking each instance, cost the same for one notification as for many.
 *
 * <p>
 * Such a transaction writes nothing but its notifications, which no crash preserves
 * anyway. So its commit waits neither for the disk nor for a standby: PostgreSQL holds a
 * lock of all transactions with a NOTIFY until then.
 */
final class NotificationPublisher {

	private static final Logger logger = LoggerFactory.getLogger(NotificationPublisher.class);

	private static final BurstWarning REFUSED = new BurstWarning(logger,
			"PostgreSQL has refused a notification, which is not sent: {}");

	/**
	 * The notifications queued while the database can't be reached. Further ones are
	 * dropped.
	 */
	private static final int MAX_QUEUED = 10_000;

	private static final int MAX_BATCH = 200;

	private static final Duration RETRY_DELAY = Duration.ofMillis(250);

	private static final String NOTIFY = """
			SELECT pg_notify(n.channel, n.payload)
			FROM set_config('synchronous_commit', 'off', true), unnest(?, ?) AS n (channel, payload)""";

	private final DataSource dataSource;

	private final Duration interval;

	private final BlockingQueue<Notification> queue = new LinkedBlockingQueue<>(MAX_QUEUED);

	private Consumer<Set<Notification>> sent = (batch) -> {
	};

	private volatile boolean running;

	private @Nullable Thread thread;

	/**
	 * Creates a publisher.
	 * @param dataSource the database
	 * @param interval the minimum time between two transactions with notifications
	 */
	NotificationPublisher(DataSource dataSource, Duration interval) {
		this.dataSource = dataSource;
		this.interval = interval;
	}

	/**
	 * Queues a notification.
	 * @return false if too many are waiting, and this one is lost
	 */
	boolean offer(Notification notification) {
		boolean queued = this.queue.offer(notification);
		if (!queued) {
			logger.debug("A notification on {} is lost: too many are waiting", notification.channel());
		}
		return queued;
	}

	/**
	 * Starts the thread.
	 * @param sentBatch called on the thread with notifications that were sent
	 */
	void start(Consumer<Set<Notification>> sentBatch) {
		this.sent = sentBatch;
		this.running = true;
		this.thread = Thread.ofPlatform().daemon().name("notifications-out").start(this::sendUntilStopped);
	}

	void stop() {
		this.running = false;
		Thread current = this.thread;
		if (current != null) {
			NotificationChannel.stop(current);
		}
	}

	private void sendUntilStopped() {
		List<Notification> batch = new ArrayList<>();
		long next = System.nanoTime();
		while (this.running) {
			try {
				if (batch.isEmpty()) {
					batch.add(this.queue.take());
				}
				TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
				next = System.nanoTime() + this.interval.toNanos();
				this.queue.drainTo(batch, MAX_BATCH - batch.size());
				if (send(new LinkedHashSet<>(batch))) {
					batch.clear();
				}
				else {
					TimeUnit.NANOSECONDS.sleep(RETRY_DELAY.toNanos());
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	/**
	 * Sends a batch. If PostgreSQL or its driver refuses it, the notifications are sent
	 * one by one, without those that are refused again: retries would be refused, too,
	 * and block all that are queued behind them.
	 * @return false if the database can't be reached, and the batch has to be sent again
	 */
	private boolean send(Set<Notification> batch) {
		try {
			execute(batch);
			this.sent.accept(batch);
			return true;
		}
		// Whatever the failure: without this thread, nothing is sent any more.
		catch (SQLException | RuntimeException ex) {
			if (SqlFailureClassifier.isUnavailable(ex)) {
				logger.debug("Notifications could not be sent, and are retried", ex);
				return false;
			}
			if (batch.size() == 1) {
				Notification refused = batch.iterator().next();
				REFUSED.log(refused.channel() + ", SQLSTATE " + SqlFailureClassifier.state(ex));
				logger.debug("A notification was refused", ex);
				return true;
			}
		}
		boolean all = true;
		for (Notification single : batch) {
			all &= send(Set.of(single));
		}
		return all;
	}

	private void execute(Set<Notification> batch) throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
			statement.setArray(1,
					connection.createArrayOf("text", batch.stream().map(Notification::channel).toArray()));
			statement.setArray(2,
					connection.createArrayOf("text", batch.stream().map(Notification::payload).toArray()));
			statement.execute();
		}
	}

}
