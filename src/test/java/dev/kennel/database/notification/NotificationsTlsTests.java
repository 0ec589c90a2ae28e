package dev.kennel.database.notification;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DeadlineDataSource;
import dev.kennel.database.DirectConnectionProperties;
import dev.kennel.database.WatchdogSocketFactory;
import dev.kennel.test.Instance;
import dev.kennel.test.TestCertificate;
import dev.kennel.test.TestDatabase;
import dev.kennel.test.TestMail;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The connection that listens, to a PostgreSQL that requires TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotificationsTlsTests {

	private static final String ROLE = "guarded";

	private static final String PASSWORD = "a password of the pool";

	private Path certificate;

	private Path anotherCertificate;

	private EmbeddedPostgres postgres;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.certificate = TestCertificate.createPem(directory, "server");
		this.anotherCertificate = TestCertificate.createPem(directory, "another");
		this.postgres = EmbeddedPostgres.builder()
			.setLocaleConfig("locale", "C")
			.setServerConfig("ssl", "on")
			.setServerConfig("ssl_cert_file", this.certificate.toString())
			.setServerConfig("ssl_key_file", directory.resolve("server.key").toString())
			.setDataDirectoryCustomizer(NotificationsTlsTests::requireTls)
			.start();
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + PASSWORD + "'");
			statement.execute("CREATE DATABASE " + ROLE + " OWNER " + ROLE);
		}
	}

	@AfterAll
	void stop() throws IOException {
		this.postgres.close();
	}

	private static void requireTls(File data) {
		try {
			Files.writeString(data.toPath().resolve("pg_hba.conf"), """
					hostssl all %s all scram-sha-256
					host all postgres all trust
					""".formatted(ROLE));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String url() {
		return "jdbc:postgresql://localhost:" + this.postgres.getPort() + "/" + ROLE;
	}

	private HikariDataSource pool(Map<String, String> properties) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url());
		pool.setUsername(ROLE);
		pool.setPassword(PASSWORD);
		pool.addDataSourceProperty("ApplicationName", "kennel");
		pool.addDataSourceProperty("socketTimeout", "60");
		pool.addDataSourceProperty("socketFactory", WatchdogSocketFactory.class.getName());
		properties.forEach(pool::addDataSourceProperty);
		return pool;
	}

	private Map<String, String> verified(Path root) {
		return Map.of("sslmode", "verify-full", "sslrootcert", root.toString());
	}

	private Connection connect(HikariDataSource pool) throws SQLException {
		DeadlineDataSource dataSource = new DeadlineDataSource(pool);
		ConnectionSettings settings = new ConnectionSettings(new Server(url()), dataSource,
				new DirectConnectionProperties(null, null, null));
		return new NotificationChannel(settings, dataSource, new NotificationProperties(true, Duration.ofMillis(10)))
			.connect();
	}

	@Test
	void tlsCredentialsAndPropertiesOfThePoolAreUsed() throws SQLException {
		Map<String, String> properties = new HashMap<>(verified(this.certificate));
		properties.put("options", "-c work_mem=12345kB");
		try (HikariDataSource pool = pool(properties);
				Connection connection = connect(pool);
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT usename, ssl, application_name, "
						+ "current_setting('work_mem') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
						+ "WHERE pid = pg_backend_pid()")) {
			assertThat(row.next()).isTrue();
			assertThat(row.getString(1)).isEqualTo(ROLE);
			assertThat(row.getBoolean(2)).isTrue();
			assertThat(row.getString(3)).isEqualTo("kennel-notifications");
			assertThat(row.getString(4)).isEqualTo("12345kB");
			assertThat(connection.getNetworkTimeout()).isEqualTo(6_000);
		}
	}

	/** The pool's socket factory would close it. */
	@Test
	void idleConnectionIsNotClosed() throws SQLException {
		try (HikariDataSource pool = pool(verified(this.certificate)); Connection connection = connect(pool)) {
			assertThat(connection.unwrap(PGConnection.class).getNotifications(1_000)).isEmpty();
			connection.createStatement().execute("SELECT 1");
		}
	}

	@Test
	void untrustedCertificateIsRefused() {
		try (HikariDataSource pool = pool(verified(this.anotherCertificate))) {
			assertThatThrownBy(() -> connect(pool).close()).isInstanceOf(SQLException.class)
				.hasMessageContaining("SSL error");
		}
		try (HikariDataSource pool = pool(Map.of("sslmode", "disable"))) {
			assertThatThrownBy(() -> connect(pool).close()).isInstanceOf(SQLException.class)
				.hasMessageContaining("no encryption");
		}
	}

	@Test
	void credentialsChangedOnThePoolAreUsed() throws SQLException {
		try (HikariDataSource pool = pool(verified(this.certificate))) {
			pool.setPassword("the last one");
			assertThatThrownBy(() -> connect(pool).close()).hasMessageContaining("password authentication failed");
			pool.setCredentials(Credentials.of(ROLE, PASSWORD));
			connect(pool).close();
		}
	}

	@Test
	void serviceListensWithTheTlsSettingsOfItsPool() throws SQLException {
		Map<String, @Nullable String> settings = new HashMap<>(TestDatabase.create());
		settings.put("spring.datasource.url", url());
		settings.put("spring.datasource.username", ROLE);
		settings.put("spring.datasource.password", PASSWORD);
		verified(this.certificate)
			.forEach((name, value) -> settings.put("spring.datasource.hikari.data-source-properties." + name, value));
		try (Instance instance = Instance.start(settings)) {
			assertThat(TestMail.await(this::listeners, (found) -> !found.isEmpty())).containsExactly(true);
			instance.api().signUp();
		}
	}

	/** Returns whether each connection that listens uses TLS. */
	private List<Boolean> listeners() {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
						+ "WHERE application_name = 'kennel-notifications' AND datname = '" + ROLE + "'")) {
			List<Boolean> found = new ArrayList<>();
			while (rows.next()) {
				found.add(rows.getBoolean(1));
			}
			return found;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Server(String getJdbcUrl) implements JdbcConnectionDetails {

		@Override
		public @Nullable String getUsername() {
			return null;
		}

		@Override
		public @Nullable String getPassword() {
			return null;
		}

	}

}
