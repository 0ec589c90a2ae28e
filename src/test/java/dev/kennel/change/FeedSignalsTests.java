package dev.kennel.change;

import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.database.notification.TestNotifications;
import dev.kennel.identity.AccountId;
import dev.kennel.test.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** The signals of two instances. */
class FeedSignalsTests {

	private static final AccountId ANN = new AccountId(UUID.fromString("019a0000-0000-7000-8000-000000000001"));

	/** In another channel. */
	private static final AccountId BOB = new AccountId(UUID.fromString("019a0000-0000-7000-8000-000000000002"));

	/** In the channel of the first. */
	private static final AccountId CID = new AccountId(UUID.fromString("019a0000-0000-7000-8000-000000000101"));

	private final String url = String.valueOf(TestDatabase.create().get("spring.datasource.url"));

	private final DataSource dataSource = new DriverManagerDataSource(this.url, "postgres", "");

	private final NotificationChannel here = TestNotifications.create(this.url, this.dataSource);

	private final NotificationChannel there = TestNotifications.create(this.url, this.dataSource);

	private final FeedSignals written = new FeedSignals(this.here);

	private final FeedSignals followed = new FeedSignals(this.there);

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	@BeforeEach
	void start() {
		this.followed.listen((account) -> this.events.add("signal " + account.value()),
				(accounts) -> accounts.forEach((account) -> this.events.add("gap " + account.value())));
		this.here.start();
		this.there.start();
	}

	@AfterEach
	void stop() {
		this.here.stop();
		this.there.stop();
	}

	private @Nullable String next() throws InterruptedException {
		return this.events.poll(20, TimeUnit.SECONDS);
	}

	private void write(AccountId account) {
		new TransactionTemplate(new DataSourceTransactionManager(this.dataSource))
			.executeWithoutResult((status) -> this.written.signalAfterCommit(account));
	}

	private void notify(String channel, String payload) {
		JdbcClient.create(this.dataSource)
			.sql("SELECT 1 FROM pg_notify(?, ?)")
			.params(channel, payload)
			.query()
			.singleValue();
	}

	@Test
	void accountsAreDistributedByTheirLastByte() {
		assertThat(FeedSignals.channel(ANN)).isEqualTo("kennel_changes_001");
		assertThat(FeedSignals.channel(BOB)).isEqualTo("kennel_changes_002");
		assertThat(FeedSignals.channel(CID)).isEqualTo("kennel_changes_001");
		assertThat(FeedSignals.channel(new AccountId(UUID.fromString("019a0000-0000-7000-8000-0000000000ff"))))
			.isEqualTo("kennel_changes_255");
	}

	@Test
	void signalOfAFollowedAccountArrivesFromAnotherInstance() throws InterruptedException {
		this.followed.follow(ANN);
		assertThat(next()).isEqualTo("gap " + ANN.value());

		write(ANN);

		assertThat(next()).isEqualTo("signal " + ANN.value());
	}

	@Test
	void signalsOfOtherChannelsAreNotReceived() throws InterruptedException {
		this.followed.follow(ANN);
		assertThat(next()).isEqualTo("gap " + ANN.value());
		this.followed.follow(BOB);
		assertThat(next()).isEqualTo("gap " + BOB.value());
		this.followed.follow(CID);
		this.followed.unfollow(ANN);
		this.followed.unfollow(BOB);
		AccountId marker = new AccountId(UUID.fromString("019a0000-0000-7000-8000-000000000003"));
		this.followed.follow(marker);
		assertThat(next()).isEqualTo("gap " + marker.value());
		long before = TestNotifications.received(this.there);

		write(BOB);
		write(CID);

		assertThat(next()).isEqualTo("signal " + CID.value());
		assertThat(this.events).isEmpty();
		assertThat(TestNotifications.received(this.there) - before).isEqualTo(1);
	}

	@Test
	void signalOfAnEarlierVersionArrives() throws InterruptedException {
		this.followed.follow(ANN);
		assertThat(next()).isEqualTo("gap " + ANN.value());

		notify("kennel_changes", ANN.value().toString());

		assertThat(next()).isEqualTo("signal " + ANN.value());
	}

	@Test
	void malformedSignalIsLeftOut() throws InterruptedException {
		this.followed.follow(ANN);
		assertThat(next()).isEqualTo("gap " + ANN.value());

		notify("kennel_changes_001", "nonsense\nof another program");
		write(ANN);

		assertThat(next()).isEqualTo("signal " + ANN.value());
	}

	@Test
	void followedAccountsHaveAGapAfterAnInterruption() throws InterruptedException {
		this.followed.follow(ANN);
		assertThat(next()).isEqualTo("gap " + ANN.value());

		JdbcClient.create(this.dataSource)
			.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
					+ "WHERE datname = current_database() AND application_name = 'kennel-notifications'")
			.query()
			.singleValue();

		assertThat(next()).isEqualTo("gap " + ANN.value());
	}

}
