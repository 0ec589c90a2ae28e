package dev.kennel.database.pipeline;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.sql.DatabaseUnavailableException;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.identity.AccountId;
import dev.kennel.test.TestCertificate;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Connections to a PostgreSQL with TLS, by the {@code sslmode} of the JDBC URL. */
@Timeout(120)
class EncryptedConnectionTests {

	private static final AccountId ANN = new AccountId(new UUID(0, 1));

	@TempDir
	private static Path directory;

	private static EmbeddedPostgres server;

	private static Path certificate;

	private static Path otherCertificate;

	@BeforeAll
	static void start() throws Exception {
		certificate = TestCertificate.createPem(directory, "server");
		otherCertificate = TestCertificate.createPem(directory, "other");
		server = EmbeddedPostgres.builder()
			.setLocaleConfig("locale", "C")
			.setServerConfig("ssl", "on")
			.setServerConfig("ssl_cert_file", certificate.toString())
			.setServerConfig("ssl_key_file", directory.resolve("server.key").toString())
			.start();
	}

	@AfterAll
	static void stop() throws Exception {
		server.close();
	}

	private static boolean isEncrypted(String settings) throws SQLException {
		EventLoops loops = new EventLoops();
		PipelinedClient client = StoreFixture.connect(loops,
				"jdbc:postgresql://localhost:" + server.getPort() + "/postgres?" + settings, Duration.ofSeconds(2));
		try (loops; client) {
			ResultRows rows = PipelinedClient.await(client.query(ANN, StatementLane.SHORT,
					"SELECT ssl::int::bigint FROM pg_stat_ssl WHERE pid = pg_backend_pid()", new ArrayList<>()));
			assertThat(rows.next()).isTrue();
			return rows.number(1) == 1;
		}
	}

	@ParameterizedTest
	@CsvSource({ "disable, false", "prefer, true", "require, true" })
	void sslModeDecidesOnEncryption(String mode, boolean encrypted) throws SQLException {
		assertThat(isEncrypted("sslmode=" + mode)).isEqualTo(encrypted);
	}

	@Test
	void certificateOfTheServerIsVerified() throws SQLException {
		for (String mode : List.of("verify-ca", "verify-full")) {
			assertThat(isEncrypted("sslmode=" + mode + "&sslrootcert=" + certificate)).isTrue();
		}
	}

	@Test
	void serverWithAnotherCertificateGetsNoStatement() {
		assertThatExceptionOfType(DatabaseUnavailableException.class)
			.isThrownBy(() -> isEncrypted("sslmode=verify-full&sslrootcert=" + otherCertificate));
	}

}
