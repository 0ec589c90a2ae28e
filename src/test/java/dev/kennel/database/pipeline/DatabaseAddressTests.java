package dev.kennel.database.pipeline;

import java.util.Map;
import java.util.Properties;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DatabaseAddressTests {

	private static DatabaseAddress of(String url, Map<String, String> properties) {
		Properties driverProperties = new Properties();
		driverProperties.putAll(properties);
		return DatabaseAddress.of(url, driverProperties);
	}

	@Test
	void settingsOfTheDriverAreTranslated() {
		DatabaseAddress address = of(
				"jdbc:postgresql://one:5433,two:5434/kennel?currentSchema=app&targetServerType=primary&sslmode=require",
				Map.of("user", "ann", "password", "secret", "ApplicationName", "kennel", "socketTimeout", "60",
						"socketFactory", "dev.kennel.database.WatchdogSocketFactory"));

		assertThat(address.primary()).isTrue();
		assertThat(address.sessions()).isTrue();
		assertThat(address.hosts()).extracting(PgConnectOptions::getHost).containsExactly("one", "two");
		assertThat(address.hosts()).extracting(PgConnectOptions::getPort).containsExactly(5433, 5434);
		PgConnectOptions first = address.hosts().getFirst();
		assertThat(first.getDatabase()).isEqualTo("kennel");
		assertThat(first.getUser()).isEqualTo("ann");
		assertThat(first.getPassword()).isEqualTo("secret");
		assertThat(first.getSslMode()).isEqualTo(SslMode.REQUIRE);
		assertThat(first.getProperties()).containsEntry("search_path", "app")
			.containsEntry("application_name", "kennel");
		assertThat(address.toString()).isEqualTo("[one:5433, two:5434]");
	}

	@ParameterizedTest
	@CsvSource({ "jdbc:postgresql://[::1]:5433/kennel,::1,5433", "jdbc:postgresql:kennel,localhost,5432",
			"jdbc:postgresql://there/kennel,there,5432" })
	void hostAndPortAreParsed(String url, String host, int port) {
		PgConnectOptions found = of(url, Map.of()).hosts().getFirst();

		assertThat(found.getHost()).isEqualTo(host);
		assertThat(found.getPort()).isEqualTo(port);
		assertThat(found.getDatabase()).isEqualTo("kennel");
		assertThat(found.getSslMode()).isEqualTo(SslMode.PREFER);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sslcert=/a/certificate", "sslfactory=a.Factory", "targetServerType=secondary",
			"sslmode=verify-full&sslrootcert=/nowhere/root.crt", "sslmode=perhaps",
			"authenticationPluginClassName=a.P" })
	void unsupportedSettingIsRefused(String setting) {
		assertThatExceptionOfType(UnsupportedDriverSettingException.class)
			.isThrownBy(() -> of("jdbc:postgresql://there/kennel?" + setting, Map.of("password", "secret")))
			.withMessageContaining(setting.substring(0, setting.indexOf('=')).replace("sslmode", "ssl"))
			.withMessageNotContaining("secret");
	}

	/** The driver's properties are the primary's, whose pooler is not the replica's. */
	@Test
	void replicaKeepsSessionsBesideAPrimaryBehindAPooler() {
		Properties ofPrimary = new Properties();
		ofPrimary.setProperty("prepareThreshold", "0");

		assertThat(DatabaseAddress.ofReplica("setting", "jdbc:postgresql://there/kennel", ofPrimary).sessions())
			.isTrue();
		assertThat(DatabaseAddress.of("jdbc:postgresql://there/kennel", ofPrimary).sessions()).isFalse();
	}

	@Test
	void replicaBehindAPoolerIsRefused() {
		assertThatExceptionOfType(UnsupportedDriverSettingException.class)
			.isThrownBy(() -> DatabaseAddress.ofReplica("setting", "jdbc:postgresql://there/kennel?prepareThreshold=0",
					new Properties()))
			.withMessage(
					"setting is for a connection pooler (prepareThreshold=0), and has to lead to PostgreSQL itself");
	}

	@Test
	void noSessionStateIsKeptBehindAPooler() {
		DatabaseAddress address = of("jdbc:postgresql://there/kennel?prepareThreshold=0", Map.of());

		assertThat(address.sessions()).isFalse();
		PgConnectOptions options = address.hosts().getFirst();
		assertThat(options.getCachePreparedStatements()).isFalse();
		assertThat(options.getPipeliningLimit()).isEqualTo(1);
		assertThat(options.getUseLayer7Proxy()).isTrue();
		assertThat(DatabaseAddress.copy(options).getUseLayer7Proxy()).isTrue();
		// PgBouncer knows these, and refuses others.
		assertThat(options.getProperties()).containsOnlyKeys("application_name", "client_encoding", "DateStyle");
	}

	@Test
	void moreConnectionsAreUsedWithoutPipelining() {
		int processors = Math.max(2, Runtime.getRuntime().availableProcessors());

		assertThat(new PipelineProperties(0, 3, 8).shared(true)).isEqualTo(processors);
		assertThat(new PipelineProperties(0, 3, 8).shared(false)).isEqualTo(Math.min(64, 4 * processors));
		assertThat(new PipelineProperties(5, 3, 8).shared(false)).isEqualTo(5);
	}

}
