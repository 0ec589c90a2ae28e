package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.kennel.KennelApplication;
import dev.kennel.database.monitor.DatabaseMonitor;
import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.test.Api;
import dev.kennel.test.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** A service on a PostgreSQL whose synchronous standby is down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ReplicationCheckTests {

	private static final String CREATE_CID = "mutation { createOwner(input: {name: \"Cid\"}) { owner { id } } }";

	private static final Map<String, String> KEY = Map.of("Idempotency-Key", "11111111-1111-4111-8111-111111111111");

	private EmbeddedPostgres postgres;

	private ConfigurableApplicationContext service;

	private Api ann;

	private Api bob;

	@BeforeAll
	void start() throws Exception {
		this.postgres = EmbeddedPostgres.builder()
			.setLocaleConfig("locale", "C")
			.setServerConfig("synchronous_commit", "on")
			.start();
		// Other settings are those of any test.
		Map<String, String> settings = new HashMap<>(TestDatabase.create());
		settings.put("spring.datasource.url", this.postgres.getJdbcUrl("postgres", "postgres"));
		settings.put("server.port", "0");
		settings.put("kennel.graphql.limits.deadline", "5s");
		this.service = SpringApplication.run(KennelApplication.class,
				settings.entrySet()
					.stream()
					.map((setting) -> "--" + setting.getKey() + "=" + setting.getValue())
					.toArray(String[]::new));
		Api api = Api.at(this.service.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
		this.ann = api.signUp();
		this.bob = api.signUp();
	}

	@AfterAll
	void stop() throws Exception {
		setStandby("");
		this.service.close();
		this.postgres.close();
	}

	private void setStandby(String name) throws SQLException {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
			statement.execute("SELECT pg_reload_conf()");
			statement.setQueryTimeout(1);
			// Each backend reloads the setting in its own time.
			boolean waited;
			do {
				statement.execute("CREATE TABLE IF NOT EXISTS commits ()");
				statement.execute("DROP TABLE commits");
				waited = statement.getWarnings() != null;
			}
			while (waited == name.isEmpty());
		}
	}

	@Test
	void unconfirmedCommitIsNotAcknowledged() throws SQLException {
		String owner = this.ann.createOwner("Ann");
		setStandby("absent");
		try {
			// A statement that commits by itself, a transaction, and entities.
			assertUnavailable("mutation { createOwner(input: {name: \"Bob\"}) { owner { id } } }", Map.of());
			assertUnavailable(CREATE_CID, KEY);
			// The result is stored, but on the primary alone.
			assertUnavailable(CREATE_CID, KEY);
			assertUnavailable("mutation { deleteOwner(input: {id: \"" + owner + "\"}) { deletedOwnerId } }", Map.of());
			assertUnavailable("mutation { signup(input: {username: \"bobby\", email: \"bob@example.com\", "
					+ "password: \"a long enough pass phrase\"}) { accessToken } }", Map.of());
			assertThat(this.bob.execute("mutation { logout { success } }").codes()).containsExactly("UNAVAILABLE");
		}
		finally {
			setStandby("");
		}
		assertThat(this.ann.execute(CREATE_CID, Map.of(), KEY).text("/createOwner/owner/id")).startsWith("own_");
		assertThat(this.ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactlyInAnyOrder("Bob", "Cid");
	}

	@Test
	void statementAfterAnUnconfirmedCommitIsUnavailable() throws Exception {
		Api eve = Api.at(this.service.getEnvironment().getRequiredProperty("local.server.port", Integer.class))
			.signUp();
		String owner = eve.createOwner("Ann");
		DatabaseMonitor monitor = this.service.getBean(DatabaseMonitor.class);
		setStandby("absent");
		try (ExecutorService other = Executors.newSingleThreadExecutor()) {
			try {
				// The commit waits, and so does all that changes these rows.
				Future<Integer> update = other.submit(() -> {
					try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
							Statement statement = connection.createStatement()) {
						return statement.executeUpdate("UPDATE owners SET name = name");
					}
				});
				while (!monitor.isStandbyAwaited()) {
					Thread.onSpinWait();
				}
				assertThat(update).isNotDone();
				assertThat(eve
					.execute("mutation { updateOwner(input: {id: \"" + owner + "\", name: \"Eve\"}) { owner { id } } }")
					.codes()).containsExactly("UNAVAILABLE");
			}
			finally {
				setStandby("");
			}
		}
		while (monitor.isStandbyAwaited()) {
			Thread.onSpinWait();
		}
		assertThat(eve.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Ann");
	}

	@Test
	void notificationWaitsForNoStandby() throws SQLException {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("LISTEN tests");
			setStandby("absent");
			try {
				this.service.getBean(NotificationChannel.class).publish("tests", "arrives");

				PGNotification[] arrived = connection.unwrap(PGConnection.class).getNotifications(20_000);
				assertThat(arrived).extracting(PGNotification::getParameter).containsExactly("arrives");
			}
			finally {
				setStandby("");
			}
		}
	}

	private void assertUnavailable(String mutation, Map<String, String> headers) {
		assertThat(this.ann.execute(mutation, Map.of(), headers).codes()).as(mutation).containsExactly("UNAVAILABLE");
	}

}
