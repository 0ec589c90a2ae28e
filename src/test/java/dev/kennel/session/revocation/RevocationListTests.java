package dev.kennel.session.revocation;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.database.notification.SilentNotifications;
import dev.kennel.session.token.AuthProperties;
import dev.kennel.test.AdjustableClock;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;

/** The list of one instance, with a clock and notifications that the test controls. */
@KennelTest
class RevocationListTests {

	/** The lifetime of an access token, plus two minutes. */
	private static final Duration AGE = Duration.ofMinutes(7);

	private final AdjustableClock clock = new AdjustableClock(Instant.now());

	private final UUID session = UUID.randomUUID();

	private final RevocationRepository repository;

	private final AuthProperties properties;

	private final NotificationChannel silent;

	private final RevocationList service;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final TransactionOperations transaction;

	RevocationListTests(RevocationRepository repository, AuthProperties properties, JdbcConnectionDetails server,
			RevocationList service, JdbcClient jdbc, DataSource dataSource, TransactionOperations transaction) {
		this.repository = repository;
		this.properties = properties;
		this.silent = SilentNotifications.create(server, dataSource);
		this.service = service;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.transaction = transaction;
	}

	private RevocationList list() {
		return new RevocationList(this.repository, this.silent, this.properties, this.clock);
	}

	/** Stores a revocation, as another instance does. */
	private void store(UUID revoked, Duration ago) {
		this.jdbc
			.sql("INSERT INTO session_revocations (user_id, session_id, revoked_at) "
					+ "VALUES (gen_random_uuid(), ?, clock_timestamp() - make_interval(secs => ?))")
			.params(revoked, ago.toSeconds())
			.update();
	}

	@Test
	void revocationIsEvictedWhenTheLastAccessTokenHasExpired() {
		RevocationList list = list();
		assertThat(list.age()).isEqualTo(AGE);
		list.add(Set.of(this.session));
		assertThat(list.contains(this.session)).isTrue();

		this.clock.advance(AGE);
		list.refresh();
		assertThat(list.contains(this.session)).isTrue();

		this.clock.advance(Duration.ofNanos(1));
		list.refresh();
		assertThat(list.contains(this.session)).isFalse();
	}

	@Test
	void storedRevocationsAreLoadedAtStart() {
		UUID old = UUID.randomUUID();
		store(this.session, AGE.minusSeconds(60));
		store(old, AGE.plusSeconds(1));

		RevocationList list = list();

		assertThat(list.contains(this.session)).isTrue();
		assertThat(list.contains(old)).isFalse();
	}

	@Test
	void connectAndRefreshLoadStoredRevocations() {
		RevocationList list = list();
		UUID later = UUID.randomUUID();
		store(this.session, Duration.ZERO);
		assertThat(list.contains(this.session)).isFalse();

		list.connected(Set.of());
		assertThat(list.contains(this.session)).isTrue();

		store(later, Duration.ZERO);
		list.refresh();
		assertThat(list.contains(later)).isTrue();
	}

	@Test
	void notificationRevokesAllItsSessions() {
		RevocationList list = list();
		UUID other = UUID.randomUUID();

		list.notified(this.session + "," + other);

		assertThat(list.contains(this.session)).isTrue();
		assertThat(list.contains(other)).isTrue();
	}

	@Test
	void malformedPartsOfANotificationAreLeftOut() {
		RevocationList list = list();
		UUID other = UUID.randomUUID();
		int before = list.size();

		list.notified("," + this.session + ",1-1-1-1-1,nonsense," + other + "," + other + ",'");

		assertThat(list.contains(this.session)).isTrue();
		assertThat(list.contains(other)).isTrue();
		assertThat(list.size() - before).isEqualTo(2);
	}

	@Test
	void revocationInTransactionTakesEffectAtCommit() {
		RevocationList list = list();

		this.transaction.executeWithoutResult((status) -> {
			list.add(Set.of(this.session));
			status.setRollbackOnly();
		});
		assertThat(list.contains(this.session)).isFalse();

		this.transaction.executeWithoutResult((status) -> {
			list.add(Set.of(this.session));
			assertThat(list.contains(this.session)).isFalse();
		});
		assertThat(list.contains(this.session)).isTrue();
	}

	/** A payload of PostgreSQL has fewer than 8,000 bytes, and an id has 36. */
	@Test
	void notificationHasAtMostTwoHundredRevocations() throws SQLException {
		List<UUID> sessions = Stream.generate(UUID::randomUUID).limit(401).toList();
		List<Integer> sizes = new ArrayList<>();
		List<UUID> heard = new ArrayList<>();
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("LISTEN kennel_sessions_revoked");
			this.service.add(sessions.subList(0, 400));
			this.service.add(sessions.subList(400, 401));
			while (heard.size() < sessions.size()) {
				PGNotification[] notifications = connection.unwrap(PGConnection.class).getNotifications(20_000);
				assertThat(notifications).isNotEmpty();
				for (PGNotification notification : notifications) {
					List<UUID> ids = Stream.of(notification.getParameter().split(","))
						.map(UUID::fromString)
						.filter(sessions::contains)
						.toList();
					if (!ids.isEmpty()) {
						sizes.add(ids.size());
						heard.addAll(ids);
					}
				}
			}
			statement.execute("UNLISTEN *");
		}

		assertThat(sizes).containsExactly(200, 200, 1);
		assertThat(heard).containsExactlyElementsOf(sessions);
		assertThat(sessions).allMatch(this.service::contains);
	}

}
