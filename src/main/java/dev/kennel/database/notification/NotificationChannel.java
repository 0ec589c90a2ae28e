package dev.kennel.database.notification;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import dev.kennel.database.BurstWarning;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
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
 * One connection outside of the pool listens on the channels that have listeners here,
 * and reconnects when it breaks. Listeners may come and go: PostgreSQL sends this
 * instance nothing of other channels.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-notify.html">PostgreSQL:
 * NOTIFY</a>
 */
@Component
@EnableConfigurationProperties(NotificationProperties.class)
public class NotificationChannel implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(NotificationChannel.class);

	private static final BurstWarning LISTENER_FAILED = new BurstWarning(logger,
			"A notification could not be processed, and is left out: {}");

	private static final Pattern CHANNEL = Pattern.compile("[a-z0-9_]{1,63}");

	/** PostgreSQL's own limit is 8,000 bytes. */
	private static final int MAX_PAYLOAD = 7_999;

	private static final Duration MIN_RECONNECT_DELAY = Duration.ofMillis(250);

	private static final Duration MAX_RECONNECT_DELAY = Duration.ofSeconds(1);

	/**
	 * How long the connection waits for notifications at a time: it can execute no LISTEN
	 * meanwhile.
	 */
	private static final Duration WAIT = Duration.ofMillis(50);

	/** The interval of liveness checks of an idle connection. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(3);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * How long the connection that listens may be down before it counts as interrupted: a
	 * database that restarts is back by then.
	 */
	private static final Duration INTERRUPTION_THRESHOLD = Duration.ofSeconds(10);

	private final ConnectionSettings settings;

	private final NotificationProperties properties;

	private final NotificationPublisher publisher;

	private final Map<String, List<NotificationListener>> listeners = new ConcurrentHashMap<>();

	/** Whether LISTEN or UNLISTEN may have to be executed. */
	private volatile boolean listenersChanged;

	/** The channels that the connection listens on. */
	private volatile Set<String> listeningChannels = Set.of();

	private final NotificationLag lag = new NotificationLag(System::nanoTime);

	private final LongAdder reconnects = new LongAdder();

	private final LongAdder received = new LongAdder();

	private volatile boolean running;

	/** Since when no connection listens, in nanoseconds of {@link System#nanoTime()}. */
	private volatile long interruptedSince = System.nanoTime();

	/** The connection that listens or is about to; it is aborted on stop. */
	private volatile @Nullable Connection openConnection;

	/** The same connection, once it listens. */
	private volatile @Nullable Connection listeningConnection;

	/** The notification that checks whether that connection hears the pool's. */
	private volatile @Nullable NotificationEcho echo;

	/**
	 * Whether this instance listens. Through a pooler that does not keep sessions, LISTEN
	 * succeeds, and no notification arrives.
	 */
	private volatile boolean listens;

	private @Nullable Thread listener;

	NotificationChannel(ConnectionSettings settings, DataSource dataSource, NotificationProperties properties) {
		this.settings = settings;
		this.properties = properties;
		this.publisher = new NotificationPublisher(dataSource, properties.interval());
	}

	/**
	 * Adds a listener of a channel. It receives nothing until its
	 * {@link NotificationListener#connected} is called, which takes a moment: LISTEN is
	 * executed by another thread. If the channel has other listeners already, the
	 * listener may receive notifications at once, and is not called.
	 * @param channel the channel's name: lower-case letters, digits and underscores
	 * @param notificationListener receives the notifications
	 */
	public void listen(String channel, NotificationListener notificationListener) {
		requireChannel(channel);
		this.listeners.compute(channel, (name, existing) -> {
			List<NotificationListener> all = (existing != null) ? existing : new CopyOnWriteArrayList<>();
			all.add(notificationListener);
			return all;
		});
		this.listenersChanged = true;
	}

	/**
	 * Removes a listener of a channel. Without listeners, the channel's notifications are
	 * not sent to this instance any longer.
	 * @param channel the channel's name
	 * @param notificationListener the listener
	 */
	public void unlisten(String channel, NotificationListener notificationListener) {
		this.listeners.computeIfPresent(channel, (name, existing) -> {
			existing.remove(notificationListener);
			return existing.isEmpty() ? null : existing;
		});
		this.listenersChanged = true;
	}

	/**
	 * Publishes a notification to the listeners of all instances, including this one. It
	 * returns at once. In a transaction, the notification is sent after the commit, and
	 * not after a rollback; so this is called in the transaction, not after its commit.
	 * @param channel the channel's name
	 * @param payload the payload, at most 7,999 bytes in UTF-8
	 * @throws IllegalArgumentException if the name is not one, or the payload is too long
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
		if (this.listeningChannels.contains(notification.channel())) {
			this.lag.published(notification);
		}
		if (!this.publisher.offer(notification)) {
			this.lag.forget(notification);
		}
	}

	/**
	 * Sets the consumer of the lag: how long a notification of this instance has taken to
	 * come back to it.
	 */
	void onLag(LongConsumer nanos) {
		this.lag.onLag(nanos);
	}

	/** Returns how often the connection that listens was lost. */
	long reconnects() {
		return this.reconnects.sum();
	}

	/** Returns how many notifications PostgreSQL has sent to this instance. */
	long received() {
		return this.received.sum();
	}

	/** Returns the number of channels on which this instance listens. */
	int channels() {
		return this.listeningChannels.size();
	}

	/** Returns whether notifications of other instances arrive. */
	public boolean isListening() {
		NotificationEcho current = this.echo;
		return this.listeningConnection != null && (current == null || !current.isLost());
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
			throw new IllegalArgumentException("Not a channel name: " + channel);
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
			this.publisher.start((batch) -> ifEcho((sent) -> sent.published(batch)));
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
		this.publisher.stop();
		Thread thread = this.listener;
		if (thread != null) {
			stop(thread);
		}
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

	static void stop(Thread thread) {
		thread.interrupt();
		try {
			thread.join(STOP_TIMEOUT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private void listenUntilStopped() {
		boolean reported = false;
		Duration delay = MIN_RECONNECT_DELAY;
		while (this.running) {
			try (Connection connection = connect()) {
				listen(connection);
			}
			// Whatever the driver throws: without this thread, nothing arrives any more.
			catch (SQLException | RuntimeException ex) {
				if (this.running) {
					if (this.listeningConnection != null) {
						this.reconnects.increment();
						reported = false;
						delay = MIN_RECONNECT_DELAY;
					}
					if (!reported) {
						logger.info("Notifications are interrupted, and will be resumed: {}", ex.getMessage());
						reported = true;
					}
					pause(delay);
					delay = (delay.compareTo(MAX_RECONNECT_DELAY) < 0) ? delay.multipliedBy(2) : MAX_RECONNECT_DELAY;
				}
			}
			finally {
				this.interruptedSince = (this.listeningConnection != null) ? System.nanoTime() : this.interruptedSince;
				this.listeningConnection = null;
				this.openConnection = null;
				this.listeningChannels = Set.of();
				this.lag.clear();
			}
		}
	}

	/**
	 * Connects outside of the pool, and past a connection pooler. Waiting for
	 * notifications is a read with a timeout.
	 */
	public Connection connect() throws SQLException {
		return DirectConnection.open(this.settings.direct(), "kennel-notifications", CHECK_INTERVAL.multipliedBy(2));
	}

	private void listen(Connection connection) throws SQLException {
		this.openConnection = connection;
		try (Statement statement = connection.createStatement()) {
			statement.execute("LISTEN " + NotificationEcho.CHANNEL);
			Set<String> added = listenOnWanted(statement);
			this.listeningConnection = connection;
			sendEcho();
			connected(added);
			PGConnection notifying = connection.unwrap(PGConnection.class);
			long aliveAt = System.nanoTime();
			while (this.running) {
				PGNotification[] notifications = notifying.getNotifications(Math.toIntExact(WAIT.toMillis()));
				if (notifications != null && notifications.length > 0) {
					deliver(notifications);
					aliveAt = System.nanoTime();
				}
				else if (System.nanoTime() - aliveAt > CHECK_INTERVAL.toNanos()) {
					statement.execute("SELECT 1");
					aliveAt = System.nanoTime();
				}
				ifEcho(NotificationEcho::check);
				if (this.listenersChanged) {
					connected(listenOnWanted(statement));
				}
			}
		}
	}

	/**
	 * Executes LISTEN and UNLISTEN until the connection listens on the channels with
	 * listeners.
	 * @return the channels that were added
	 */
	private Set<String> listenOnWanted(Statement statement) throws SQLException {
		// In this order: a change that the set does not contain yet sets it again.
		this.listenersChanged = false;
		Set<String> wanted = new LinkedHashSet<>(this.listeners.keySet());
		Set<String> added = new LinkedHashSet<>(wanted);
		added.removeAll(this.listeningChannels);
		Set<String> removed = new LinkedHashSet<>(this.listeningChannels);
		removed.removeAll(wanted);
		StringJoiner sql = new StringJoiner(";");
		removed.forEach((channel) -> sql.add("UNLISTEN " + channel));
		added.forEach((channel) -> sql.add("LISTEN " + channel));
		if (sql.length() > 0) {
			statement.execute(sql.toString());
		}
		this.listeningChannels = Set.copyOf(wanted);
		this.lag.forget(removed);
		return added;
	}

	/** Tells each listener on which of its channels notifications arrive from now on. */
	private void connected(Set<String> added) {
		Map<NotificationListener, Set<String>> channelsByListener = new LinkedHashMap<>();
		for (String channel : added) {
			for (NotificationListener one : this.listeners.getOrDefault(channel, List.of())) {
				channelsByListener.computeIfAbsent(one, (listening) -> new LinkedHashSet<>()).add(channel);
			}
		}
		channelsByListener.forEach((one, all) -> call(String.join(", ", all), () -> one.connected(all)));
	}

	private void sendEcho() {
		NotificationEcho sent = this.listeners.isEmpty() ? null : new NotificationEcho();
		this.echo = sent;
		if (sent != null && !this.publisher.offer(sent.notification())) {
			this.echo = null;
		}
	}

	private void ifEcho(Consumer<NotificationEcho> action) {
		NotificationEcho current = this.echo;
		if (current != null) {
			action.accept(current);
		}
	}

	private void deliver(PGNotification[] notifications) {
		this.received.add(notifications.length);
		Set<Notification> distinct = new LinkedHashSet<>();
		for (PGNotification notification : notifications) {
			distinct.add(new Notification(notification.getName(), notification.getParameter()));
		}
		ifEcho((sent) -> sent.arrived(distinct));
		distinct.forEach(this.lag::arrived);
		distinct.forEach((notification) -> this.listeners.getOrDefault(notification.channel(), List.of())
			.forEach((one) -> call(notification.channel(), () -> one.notified(notification.payload()))));
	}

	/**
	 * A listener's failure does not affect the others. Whatever may connect to the
	 * database may notify, so that neither the payload is logged nor a line for each.
	 */
	private static void call(String channel, Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			LISTENER_FAILED.log(channel + ", " + ex.getClass().getName());
			logger.debug("A listener of {} has failed", channel, ex);
		}
	}

	/** All instances lose their connections at once, and are not to reconnect at once. */
	private static void pause(Duration delay) {
		try {
			Thread.sleep(ThreadLocalRandom.current().nextLong(delay.toMillis() / 2, delay.toMillis()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
