package dev.kennel.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells all instances that share a database at once what has happened on one of them, by
 * LISTEN and NOTIFY. It is fast, not certain: a notification is lost while a connection
 * is interrupted, so whoever listens also looks from time to time.
 *
 * <p>
 * One connection outside of the pool listens for all channels, and connects again when it
 * breaks. Publishing is left to a thread of its own: a NOTIFY in a transaction that
 * writes would make all such transactions of the database commit one after another. What
 * is published shortly after something else waits a moment for more: a transaction, and
 * waking up each instance, cost the same for one notification as for many.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-notify.html">PostgreSQL:
 * NOTIFY</a>
 */
@Component
public class NotificationChannel implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(NotificationChannel.class);

	private static final Pattern CHANNEL = Pattern.compile("[a-z_]{1,63}");

	/** PostgreSQL's own limit is 8,000 bytes. */
	private static final int MAX_PAYLOAD = 7_999;

	/** What waits to be published while the database can't be reached. More is lost. */
	private static final int MAX_WAITING = 10_000;

	private static final int BATCH = 200;

	private static final Duration RECONNECT = Duration.ofSeconds(1);

	/** How often a silent connection is asked whether it is still there. */
	private static final Duration SILENCE = Duration.ofSeconds(10);

	private static final Duration STOP = Duration.ofSeconds(5);

	/**
	 * For how long the connection that listens may be away before that counts: a database
	 * that is started anew is back by then.
	 */
	private static final Duration INTERRUPTION = Duration.ofSeconds(10);

	/** NotificationChannel on their way whose time is taken; of more it is not. */
	private static final int MAX_TIMED = 100;

	/** A notification that takes longer has been lost. */
	private static final Duration LOST = Duration.ofMinutes(1);

	private final ConnectionSettings settings;

	private final DataSource dataSource;

	private final boolean enabled;

	private final Duration interval;

	private final Map<String, List<NotificationListener>> listeners = new LinkedHashMap<>();

	private final BlockingQueue<Notification> waiting = new LinkedBlockingQueue<>(MAX_WAITING);

	/** When notifications were published that are yet to come back. */
	private final Map<Notification, Long> timed = new ConcurrentHashMap<>();

	private final LongAdder reconnects = new LongAdder();

	private volatile LongConsumer lag = (nanos) -> {
	};

	private volatile boolean running;

	/** Since when nothing is listened to, in the system's nanoseconds. */
	private volatile long interruptedSince = System.nanoTime();

	/** The connection that is to listen, and is aborted at the end. */
	private volatile @Nullable Connection opened;

	/** The same, once it does listen. */
	private volatile @Nullable Connection listening;

	private @Nullable Thread listener;

	private @Nullable Thread publisher;

	NotificationChannel(ConnectionSettings settings, DataSource dataSource, NotificationProperties properties) {
		this.settings = settings;
		this.dataSource = dataSource;
		this.enabled = properties.enabled();
		this.interval = properties.interval();
	}

	/**
	 * Listens on a channel, from the start of the application on.
	 * @param channel the channel's name: lower-case letters and underscores
	 * @param notificationListener is told what is published
	 * @throws IllegalStateException if the application has started
	 */
	public void listen(String channel, NotificationListener notificationListener) {
		requireChannel(channel);
		if (this.running) {
			throw new IllegalStateException("Listeners register while the application is being put together");
		}
		this.listeners.computeIfAbsent(channel, (name) -> new CopyOnWriteArrayList<>()).add(notificationListener);
	}

	/**
	 * Tells the listeners of all instances, this one's among them. It returns at once and
	 * never fails. In a transaction it happens after the commit, and not at all after a
	 * rollback; so it is called in the transaction, not by what runs after its commit.
	 * @param channel the channel's name
	 * @param payload what to tell, at most 7,999 bytes in UTF-8
	 */
	public void publish(String channel, String payload) {
		requireChannel(channel);
		if (payload.length() > MAX_PAYLOAD) {
			throw new IllegalArgumentException("A payload has at most " + MAX_PAYLOAD + " bytes");
		}
		Notification notification = new Notification(channel, payload);
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					enqueue(notification);
				}

			});
		}
		else {
			enqueue(notification);
		}
	}

	private void enqueue(Notification notification) {
		if (!this.enabled) {
			return;
		}
		if (this.timed.size() < MAX_TIMED) {
			this.timed.putIfAbsent(notification, System.nanoTime());
		}
		if (!this.waiting.offer(notification)) {
			logger.debug("A notification on {} is lost: too many are waiting", notification.channel());
		}
	}

	/** Is told how long a notification of this instance has taken to come back to it. */
	void onLag(LongConsumer nanos) {
		this.lag = nanos;
	}

	/** How often the connection that listens was made anew. */
	long reconnects() {
		return this.reconnects.sum();
	}

	/** Whether what other instances publish arrives here. */
	boolean isListening() {
		return this.listening != null;
	}

	/**
	 * Returns whether what other instances publish has not arrived here for a while.
	 * @return whether the connection that listens has been away for more than 10 seconds;
	 * never where notifications are disabled
	 */
	public boolean isInterrupted() {
		return this.enabled && this.running && this.listening == null
				&& System.nanoTime() - this.interruptedSince > INTERRUPTION.toNanos();
	}

	private static void requireChannel(String channel) {
		if (!CHANNEL.matcher(channel).matches()) {
			throw new IllegalArgumentException("Not a channel's name: " + channel);
		}
	}

	/** Until the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	@Override
	public void start() {
		this.interruptedSince = System.nanoTime();
		this.running = true;
		if (this.enabled) {
			this.publisher = Thread.ofPlatform().daemon().name("notifications-out").start(this::publishWaiting);
			this.listener = Thread.ofPlatform().daemon().name("notifications-in").start(this::listenAlways);
		}
	}

	@Override
	public void stop() {
		this.running = false;
		Connection connection = this.opened;
		if (connection != null) {
			abort(connection);
		}
		stop(this.publisher);
		stop(this.listener);
	}

	/** The driver does not notice an interrupt while it reads. */
	private static void abort(Connection connection) {
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			logger.debug("The listening connection could not be closed", ex);
		}
	}

	private static void stop(@Nullable Thread thread) {
		if (thread != null) {
			thread.interrupt();
			try {
				thread.join(STOP);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private void listenAlways() {
		while (this.running) {
			try (Connection connection = connect()) {
				listen(connection);
			}
			catch (SQLException ex) {
				if (this.running) {
					this.reconnects.increment();
					logger.info("Notifications are interrupted, and will be taken up again: {}", ex.getMessage());
					pause();
				}
			}
			finally {
				this.interruptedSince = (this.listening != null) ? System.nanoTime() : this.interruptedSince;
				this.listening = null;
				this.opened = null;
			}
		}
	}

	/**
	 * Connects outside of the pool. Waiting for notifications is reading with a timeout.
	 */
	Connection connect() throws SQLException {
		return DirectConnection.open(this.settings, "kennel-notifications", SILENCE.multipliedBy(2));
	}

	private void listen(Connection connection) throws SQLException {
		this.opened = connection;
		try (Statement statement = connection.createStatement()) {
			for (String channel : this.listeners.keySet()) {
				statement.execute("LISTEN " + channel);
			}
			this.listening = connection;
			this.listeners.values().forEach((all) -> all.forEach((one) -> tell(one::connected)));
			PGConnection notifying = connection.unwrap(PGConnection.class);
			while (this.running) {
				PGNotification[] notifications = notifying.getNotifications(Math.toIntExact(SILENCE.toMillis()));
				if (notifications == null || notifications.length == 0) {
					forgetLost();
					statement.execute("SELECT 1");
				}
				else {
					deliver(notifications);
				}
			}
		}
	}

	private void deliver(PGNotification[] notifications) {
		Set<Notification> distinct = new LinkedHashSet<>();
		for (PGNotification notification : notifications) {
			distinct.add(new Notification(notification.getName(), notification.getParameter()));
		}
		distinct.forEach((notification) -> {
			Long published = this.timed.remove(notification);
			if (published != null) {
				this.lag.accept(System.nanoTime() - published);
			}
		});
		distinct.forEach((notification) -> this.listeners.getOrDefault(notification.channel(), List.of())
			.forEach((one) -> tell(() -> one.notified(notification.payload()))));
	}

	private void forgetLost() {
		long now = System.nanoTime();
		this.timed.values().removeIf((published) -> now - published > LOST.toNanos());
	}

	/** One listener's failure is not the others'. */
	private static void tell(Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed", ex);
		}
	}

	private void publishWaiting() {
		List<Notification> batch = new ArrayList<>();
		long next = System.nanoTime();
		while (this.running) {
			try {
				if (batch.isEmpty()) {
					batch.add(this.waiting.take());
				}
				TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
				next = System.nanoTime() + this.interval.toNanos();
				this.waiting.drainTo(batch, BATCH - batch.size());
				publish(new LinkedHashSet<>(batch));
				batch.clear();
			}
			catch (SQLException ex) {
				logger.debug("Notifications could not be published, and will be again", ex);
				pause();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	private void publish(Set<Notification> batch) throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement(
						"SELECT pg_notify(n.channel, n.payload) FROM unnest(?, ?) AS n (channel, payload)")) {
			statement.setArray(1,
					connection.createArrayOf("text", batch.stream().map(Notification::channel).toArray()));
			statement.setArray(2,
					connection.createArrayOf("text", batch.stream().map(Notification::payload).toArray()));
			statement.execute();
		}
	}

	private static void pause() {
		try {
			TimeUnit.MILLISECONDS.sleep(RECONNECT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Notification(String channel, String payload) {
	}

}
