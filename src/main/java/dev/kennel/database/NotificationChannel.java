package dev.kennel.database;

import java.nio.charset.StandardCharsets;
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
import java.util.UUID;
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
 * Publishes notifications to all instances that share a database, by LISTEN and NOTIFY.
 * It is fast but not reliable: a notification is lost while a connection is interrupted,
 * so listeners also poll.
 *
 * <p>
 * One connection outside of the pool listens on all channels, and reconnects when it
 * breaks. A separate thread publishes: a NOTIFY in a writing transaction would make all
 * such transactions of the database commit one after another. A notification published
 * shortly after another one waits for further ones: a transaction, and waking each
 * instance, cost the same for one notification as for many.
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

	/**
	 * The notifications queued while the database can't be reached. Further ones are
	 * dropped.
	 */
	private static final int MAX_QUEUED = 10_000;

	private static final int MAX_BATCH = 200;

	private static final Duration RECONNECT_DELAY = Duration.ofMillis(250);

	/** The interval of liveness checks of an idle connection. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(3);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * How long the connection that listens may be down before it counts as interrupted: a
	 * database that restarts is back by then.
	 */
	private static final Duration INTERRUPTION_THRESHOLD = Duration.ofSeconds(10);

	/** How long this instance's own notification may take to come back. */
	private static final Duration ECHO_TIMEOUT = Duration.ofSeconds(5);

	private static final String ECHO_CHANNEL = "kennel_echo";

	/** The maximum number of notifications in flight whose lag is measured. */
	private static final int MAX_MEASURED = 100;

	/** A notification in flight for longer counts as lost. */
	private static final Duration LOST_AFTER = Duration.ofMinutes(1);

	private final ConnectionSettings settings;

	private final DataSource dataSource;

	private final NotificationProperties properties;

	private final Map<String, List<NotificationListener>> listeners = new LinkedHashMap<>();

	private final BlockingQueue<Notification> queue = new LinkedBlockingQueue<>(MAX_QUEUED);

	/** When the notifications that have not come back yet were published. */
	private final Map<Notification, Long> publishedAt = new ConcurrentHashMap<>();

	private final LongAdder reconnects = new LongAdder();

	private volatile LongConsumer lag = (nanos) -> {
	};

	private volatile boolean running;

	/** Since when no connection listens, in nanoseconds of {@link System#nanoTime()}. */
	private volatile long interruptedSince = System.nanoTime();

	/** The connection that listens or is about to; it is aborted on stop. */
	private volatile @Nullable Connection openConnection;

	/** The same connection, once it listens. */
	private volatile @Nullable Connection listeningConnection;

	/** The notification that checks whether that connection hears the pool's. */
	private volatile @Nullable Echo echo;

	/**
	 * Whether this instance listens. Through a pooler that does not keep sessions, LISTEN
	 * succeeds, and no notification arrives.
	 */
	private volatile boolean listens;

	private @Nullable Thread listener;

	private @Nullable Thread publisher;

	NotificationChannel(ConnectionSettings settings, DataSource dataSource, NotificationProperties properties) {
		this.settings = settings;
		this.dataSource = dataSource;
		this.properties = properties;
	}

	/**
	 * Registers a listener of a channel, before the application starts.
	 * @param channel the channel's name: lower-case letters and underscores
	 * @param notificationListener receives the notifications
	 * @throws IllegalStateException if the application has started
	 */
	public void listen(String channel, NotificationListener notificationListener) {
		requireChannel(channel);
		if (this.running) {
			throw new IllegalStateException("Listeners have to be registered before the start");
		}
		this.listeners.computeIfAbsent(channel, (name) -> new CopyOnWriteArrayList<>()).add(notificationListener);
	}

	/**
	 * Publishes a notification to the listeners of all instances, including this one. It
	 * returns at once and never fails. In a transaction, the notification is sent after
	 * the commit, and not after a rollback; so this is called in the transaction, not
	 * after its commit.
	 * @param channel the channel's name
	 * @param payload the payload, at most 7,999 bytes in UTF-8
	 */
	public void publish(String channel, String payload) {
		requireChannel(channel);
		if (payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD) {
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
		if (!this.properties.enabled()) {
			return;
		}
		if (this.publishedAt.size() < MAX_MEASURED) {
			this.publishedAt.putIfAbsent(notification, System.nanoTime());
		}
		if (!this.queue.offer(notification)) {
			logger.debug("A notification on {} is lost: too many are waiting", notification.channel());
		}
	}

	/**
	 * Sets the consumer of the lag: how long a notification of this instance has taken to
	 * come back to it.
	 */
	void onLag(LongConsumer nanos) {
		this.lag = nanos;
	}

	/** Returns how often the connection that listens was lost. */
	long reconnects() {
		return this.reconnects.sum();
	}

	/** Returns whether notifications of other instances arrive. */
	boolean isListening() {
		Echo current = this.echo;
		return this.listeningConnection != null && (current == null || !current.lost);
	}

	/**
	 * Returns whether the connection that listens has been down for more than 10 seconds.
	 * @return false if this instance does not listen
	 */
	public boolean isInterrupted() {
		return this.listens && this.running && this.listeningConnection == null
				&& System.nanoTime() - this.interruptedSince > INTERRUPTION_THRESHOLD.toNanos();
	}

	private static void requireChannel(String channel) {
		if (!CHANNEL.matcher(channel).matches()) {
			throw new IllegalArgumentException("Not a channel's name: " + channel);
		}
	}

	/** Stops after the last request has been responded to. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

	@Override
	public void start() {
		this.interruptedSince = System.nanoTime();
		this.running = true;
		this.listens = this.properties.enabled() && this.settings.direct().keepsSessions();
		if (this.properties.enabled()) {
			this.publisher = Thread.ofPlatform().daemon().name("notifications-out").start(this::publishQueued);
		}
		if (this.listens) {
			this.listener = Thread.ofPlatform().daemon().name("notifications-in").start(this::listenUntilStopped);
		}
	}

	@Override
	public void stop() {
		this.running = false;
		Connection connection = this.openConnection;
		if (connection != null) {
			abort(connection);
		}
		stop(this.publisher);
		stop(this.listener);
	}

	/** The driver ignores an interrupt while it reads. */
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
				thread.join(STOP_TIMEOUT);
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

	private void listenUntilStopped() {
		boolean reported = false;
		while (this.running) {
			try (Connection connection = connect()) {
				listen(connection);
			}
			catch (SQLException ex) {
				if (this.running) {
					if (this.listeningConnection != null) {
						this.reconnects.increment();
						reported = false;
					}
					if (!reported) {
						logger.info("Notifications are interrupted, and will be resumed: {}", ex.getMessage());
						reported = true;
					}
					pause();
				}
			}
			finally {
				this.interruptedSince = (this.listeningConnection != null) ? System.nanoTime() : this.interruptedSince;
				this.listeningConnection = null;
				this.openConnection = null;
			}
		}
	}

	/**
	 * Connects outside of the pool, and past a connection pooler. Waiting for
	 * notifications is a read with a timeout.
	 */
	Connection connect() throws SQLException {
		return DirectConnection.open(this.settings.direct(), "kennel-notifications", CHECK_INTERVAL.multipliedBy(2));
	}

	private void listen(Connection connection) throws SQLException {
		this.openConnection = connection;
		try (Statement statement = connection.createStatement()) {
			for (String channel : this.listeners.keySet()) {
				statement.execute("LISTEN " + channel);
			}
			statement.execute("LISTEN " + ECHO_CHANNEL);
			this.listeningConnection = connection;
			sendEcho();
			this.listeners.values()
				.forEach((channelListeners) -> channelListeners.forEach((one) -> call(one::connected)));
			PGConnection notifying = connection.unwrap(PGConnection.class);
			while (this.running) {
				PGNotification[] notifications = notifying.getNotifications(Math.toIntExact(timeout().toMillis()));
				if (notifications == null || notifications.length == 0) {
					discardLost();
					statement.execute("SELECT 1");
				}
				else {
					deliver(notifications);
				}
				checkEcho();
			}
		}
	}

	/**
	 * Publishes a notification of this instance's own: after a LISTEN through a pooler,
	 * or on another database than the pool's, there is no error, and nothing arrives.
	 */
	private void sendEcho() {
		Echo sent = this.listeners.isEmpty() ? null : new Echo(UUID.randomUUID().toString());
		this.echo = sent;
		if (sent != null && !this.queue.offer(sent.notification)) {
			this.echo = null;
		}
	}

	private Duration timeout() {
		Echo current = this.echo;
		return (current != null && !current.arrived && !current.lost) ? RECONNECT_DELAY : CHECK_INTERVAL;
	}

	/** Time that the notification waits for the database does not count. */
	private void checkEcho() {
		Echo current = this.echo;
		Long published = (current != null) ? current.publishedAt : null;
		if (current != null && published != null && !current.arrived && !current.lost
				&& System.nanoTime() - published > ECHO_TIMEOUT.toNanos()) {
			current.lost = true;
			logger
				.warn("""
						Notifications do not arrive: one that was published over spring.datasource.url has not come back within {} s, and \
						instances poll instead. Set kennel.notifications.url to the same database, without a connection pooler.""",
						ECHO_TIMEOUT.toSeconds());
		}
	}

	private void echoArrived(Set<Notification> received) {
		Echo current = this.echo;
		if (current != null && received.contains(current.notification)) {
			current.arrived = true;
			current.lost = false;
		}
	}

	private void deliver(PGNotification[] notifications) {
		Set<Notification> distinct = new LinkedHashSet<>();
		for (PGNotification notification : notifications) {
			distinct.add(new Notification(notification.getName(), notification.getParameter()));
		}
		echoArrived(distinct);
		distinct.forEach((notification) -> {
			Long published = this.publishedAt.remove(notification);
			if (published != null) {
				this.lag.accept(System.nanoTime() - published);
			}
		});
		distinct.forEach((notification) -> this.listeners.getOrDefault(notification.channel(), List.of())
			.forEach((one) -> call(() -> one.notified(notification.payload()))));
	}

	private void discardLost() {
		long now = System.nanoTime();
		this.publishedAt.values().removeIf((published) -> now - published > LOST_AFTER.toNanos());
	}

	/** A listener's failure does not affect the others. */
	private static void call(Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed", ex);
		}
	}

	private void publishQueued() {
		List<Notification> batch = new ArrayList<>();
		long next = System.nanoTime();
		while (this.running) {
			try {
				if (batch.isEmpty()) {
					batch.add(this.queue.take());
				}
				TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
				next = System.nanoTime() + this.properties.interval().toNanos();
				this.queue.drainTo(batch, MAX_BATCH - batch.size());
				publish(new LinkedHashSet<>(batch));
				Echo current = this.echo;
				if (current != null && batch.contains(current.notification)) {
					current.publishedAt = System.nanoTime();
				}
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
			TimeUnit.MILLISECONDS.sleep(RECONNECT_DELAY.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Notification(String channel, String payload) {
	}

	/** A notification that this instance has sent to itself. */
	private static final class Echo {

		private final Notification notification;

		private volatile @Nullable Long publishedAt;

		private volatile boolean arrived;

		private volatile boolean lost;

		Echo(String payload) {
			this.notification = new Notification(ECHO_CHANNEL, payload);
		}

	}

}
