package dev.kennel.database.notification;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnectionProperties;
import dev.kennel.database.TrustingServer;
import dev.kennel.test.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class NotificationChannelTests {

	private static final String CONNECTED = "(connected)";

	private final Map<String, String> database = TestDatabase.create();

	private final JdbcConnectionDetails server = new TrustingServer(
			String.valueOf(this.database.get("spring.datasource.url")));

	private final DataSource dataSource = new DriverManagerDataSource(this.server.getJdbcUrl(), "postgres", "");

	private final NotificationChannel publisher = channel(true);

	private final NotificationChannel subscriber = channel(true);

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private NotificationChannel channel(boolean enabled) {
		return channel(this.dataSource, enabled, Duration.ofMillis(10));
	}

	private NotificationChannel channel(DataSource publishing, boolean enabled, Duration interval) {
		ConnectionSettings settings = new ConnectionSettings(this.server, publishing,
				new DirectConnectionProperties(null, null, null));
		return new NotificationChannel(settings, publishing, new NotificationProperties(enabled, interval));
	}

	@BeforeEach
	void start() throws InterruptedException {
		this.subscriber.listen("tests", new NotificationListener() {

			@Override
			public void notified(String payload) {
				NotificationChannelTests.this.received.add(payload);
			}

			@Override
			public void connected(Set<String> channels) {
				NotificationChannelTests.this.received.add(CONNECTED);
			}

		});
		this.publisher.start();
		this.subscriber.start();
		assertThat(next()).isEqualTo(CONNECTED);
	}

	@AfterEach
	void stop() {
		this.publisher.stop();
		this.subscriber.stop();
	}

	private @Nullable String next() throws InterruptedException {
		return this.received.poll(10, TimeUnit.SECONDS);
	}

	@Test
	void notificationReachesOtherInstances() throws InterruptedException {
		this.publisher.publish("tests", "one");
		this.publisher.publish("others", "not for us");
		this.publisher.publish("tests", "two; with 'quotes'");

		assertThat(List.of(String.valueOf(next()), String.valueOf(next()))).containsExactly("one",
				"two; with 'quotes'");
	}

	@Test
	void listenerIsNotifiedOnceItsChannelIsListenedOn() throws InterruptedException {
		Recorder late = new Recorder();

		this.subscriber.listen("late_007", late);

		assertThat(next()).isEqualTo("connected to [late_007]");
		assertThat(this.subscriber.channels()).isEqualTo(2);
		this.publisher.publish("late_007", "one");
		assertThat(next()).isEqualTo("one");
	}

	@Test
	void channelWithoutListenersIsNotReceived() throws InterruptedException {
		Recorder late = new Recorder();
		this.subscriber.listen("first", late);
		assertThat(next()).isEqualTo("connected to [first]");
		this.subscriber.unlisten("first", late);
		this.subscriber.listen("second", late);
		assertThat(next()).isEqualTo("connected to [second]");
		long before = this.subscriber.received();

		this.publisher.publish("first", "not for us");
		this.publisher.publish("second", "for us");

		assertThat(next()).isEqualTo("for us");
		assertThat(this.received).isEmpty();
		assertThat(this.subscriber.received() - before).isEqualTo(1);
	}

	/** PostgreSQL has no text with a NUL. */
	@Test
	void refusedNotificationDoesNotDelayOthers() throws InterruptedException {
		this.publisher.publish("tests", "one");
		this.publisher.publish("tests", "a\0b");
		this.publisher.publish("tests", "two");

		assertThat(List.of(String.valueOf(next()), String.valueOf(next()))).containsExactly("one", "two");
		assertThat(this.received).isEmpty();
	}

	@Test
	void notificationsWithinTheIntervalAreSentTogether() throws InterruptedException {
		AtomicInteger transactions = new AtomicInteger();
		NotificationChannel busy = channel(new DelegatingDataSource(this.dataSource) {

			@Override
			public Connection getConnection() throws SQLException {
				transactions.incrementAndGet();
				return super.getConnection();
			}

		}, true, Duration.ofSeconds(2));
		busy.start();
		try {
			busy.publish("tests", "at once");
			assertThat(next()).isEqualTo("at once");
			busy.publish("tests", "one");
			this.publisher.publish("tests", "meanwhile");
			assertThat(next()).isEqualTo("meanwhile");
			busy.publish("tests", "two");
			busy.publish("tests", "one");

			assertThat(next()).isEqualTo("one");
			assertThat(next()).isEqualTo("two");
			assertThat(transactions).hasValue(2);
		}
		finally {
			busy.stop();
		}
	}

	@Test
	void notificationIsSentAfterTheCommitOnly() throws InterruptedException {
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(this.dataSource));

		transaction.executeWithoutResult((status) -> {
			this.publisher.publish("tests", "never");
			status.setRollbackOnly();
		});
		transaction.executeWithoutResult((status) -> {
			this.publisher.publish("tests", "inside");
			this.publisher.publish("tests", "inside too");
		});

		assertThat(next()).isEqualTo("inside");
		assertThat(next()).isEqualTo("inside too");
		assertThat(this.received).isEmpty();
	}

	@Test
	void lostConnectionIsReopenedAndReportedToTheListener() throws InterruptedException, SQLException {
		terminateListeners();

		assertThat(next()).isEqualTo(CONNECTED);
		this.publisher.publish("tests", "again");
		assertThat(next()).isEqualTo("again");
	}

	private void terminateListeners() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
					+ "WHERE datname = current_database() AND application_name = 'kennel-notifications'");
		}
	}

	/** An equal one of another instance arrives later, and is not mistaken for it. */
	@Test
	void lostNotificationIsNotMeasured() throws InterruptedException, SQLException {
		DataSource elsewhere = new DriverManagerDataSource(
				String.valueOf(TestDatabase.create().get("spring.datasource.url")), "postgres", "");
		NotificationChannel deaf = channel(elsewhere, true, Duration.ofMillis(10));
		BlockingQueue<Long> lags = new LinkedBlockingQueue<>();
		deaf.onLag(lags::add);
		Recorder recorder = new Recorder();
		deaf.listen("lost", recorder);
		deaf.start();
		try {
			assertThat(next()).isEqualTo("connected to [lost]");
			deaf.publish("lost", "with the connection");
			terminateListeners();
			assertThat(List.of(String.valueOf(next()), String.valueOf(next())))
				.containsExactlyInAnyOrder("connected to [lost]", CONNECTED);
			this.publisher.publish("lost", "with the connection");
			assertThat(next()).isEqualTo("with the connection");

			deaf.publish("lost", "with the channel");
			deaf.unlisten("lost", recorder);
			deaf.listen("found", recorder);
			assertThat(next()).isEqualTo("connected to [found]");
			deaf.listen("lost", recorder);
			assertThat(next()).isEqualTo("connected to [lost]");
			this.publisher.publish("lost", "with the channel");
			assertThat(next()).isEqualTo("with the channel");

			deaf.publish("found", "measured");
			this.publisher.publish("found", "measured");
			assertThat(next()).isEqualTo("measured");
			assertThat(lags).hasSize(1);
		}
		finally {
			deaf.stop();
		}
	}

	@Test
	void failingListenerDoesNotAffectOthers() throws InterruptedException {
		BlockingQueue<String> others = new LinkedBlockingQueue<>();
		NotificationChannel third = channel(true);
		third.listen("tests", (payload) -> {
			throw new IllegalStateException("On purpose");
		});
		third.listen("tests", new NotificationListener() {

			@Override
			public void notified(String payload) {
				others.add(payload);
			}

			@Override
			public void connected(Set<String> channels) {
				others.add(CONNECTED);
			}

		});
		third.start();
		try {
			assertThat(others.poll(10, TimeUnit.SECONDS)).isEqualTo(CONNECTED);
			this.publisher.publish("tests", "one");
			this.publisher.publish("tests", "two");

			assertThat(others.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
			assertThat(others.poll(10, TimeUnit.SECONDS)).isEqualTo("two");
		}
		finally {
			third.stop();
		}
	}

	@Test
	void disabledChannelPublishesNothing() throws InterruptedException {
		NotificationChannel off = channel(false);
		off.start();
		off.publish("tests", "never");
		off.stop();
		this.publisher.publish("tests", "after");

		assertThat(next()).isEqualTo("after");
	}

	@Test
	void directUrlIsUsedToListen() throws InterruptedException {
		DataSource nowhere = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/none", "unknown", "");
		DirectConnectionProperties url = new DirectConnectionProperties(
				this.server.getJdbcUrl() + "?ApplicationName=direct", "postgres", "");
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		NotificationChannel direct = new NotificationChannel(
				new ConnectionSettings(new TrustingServer("jdbc:postgresql://127.0.0.1:1/none"), nowhere, url), nowhere,
				new NotificationProperties(true, Duration.ofMillis(10)));
		direct.listen("tests", new NotificationListener() {

			@Override
			public void notified(String payload) {
				heard.add(payload);
			}

			@Override
			public void connected(Set<String> channels) {
				heard.add(CONNECTED + channels);
			}

		});
		direct.start();
		try {
			assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(CONNECTED + "[tests]");
			this.publisher.publish("tests", "over another connection");
			assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("over another connection");
			assertThat(direct.isListening()).isTrue();
		}
		finally {
			direct.stop();
		}
	}

	/** As behind a pooler, where LISTEN succeeds and nothing arrives. */
	@Test
	void notificationsThatDoNotArriveAreReported() throws InterruptedException {
		DataSource elsewhere = new DriverManagerDataSource(
				String.valueOf(TestDatabase.create().get("spring.datasource.url")), "postgres", "");
		BlockingQueue<String> lines = new LinkedBlockingQueue<>();
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				lines.add(event.getLevel() + " " + event.getFormattedMessage());
			}

		};
		Logger logger = (Logger) LoggerFactory.getLogger(NotificationEcho.class);
		NotificationChannel deaf = channel(elsewhere, true, Duration.ofMillis(10));
		deaf.listen("tests", (payload) -> {
		});
		appender.start();
		logger.addAppender(appender);
		deaf.start();
		try {
			assertThat(lines.poll(30, TimeUnit.SECONDS)).isEqualTo("WARN Notifications do not arrive: one that was "
					+ "published over spring.datasource.url has not come back within 5 s, and instances poll instead. Set "
					+ "kennel.notifications.url to the same database, without a connection pooler.");
			assertThat(deaf.isListening()).isFalse();
			assertThat(deaf.isInterrupted()).isFalse();
			assertThat(this.subscriber.isListening()).isTrue();
		}
		finally {
			deaf.stop();
			logger.detachAppender(appender);
		}
		assertThat(lines).isEmpty();
	}

	@Test
	void channelNamesAndPayloadsAreValidated() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.publisher.publish("Robert'); --", "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.publisher.publish("tests", "x".repeat(8_000)));
	}

	private final class Recorder implements NotificationListener {

		@Override
		public void notified(String payload) {
			NotificationChannelTests.this.received.add(payload);
		}

		@Override
		public void connected(Set<String> channels) {
			NotificationChannelTests.this.received.add("connected to " + channels);
		}

	}

}
