package dev.kennel.database.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * The hosts of PostgreSQL and how to connect to them, translated from the settings of the
 * JDBC driver: both clients share one configuration.
 *
 * @param hosts the hosts, in the order in which they are tried
 * @param primary whether the host has to be a primary
 * @param sessions whether session state outlives a transaction; it does not behind a
 * pooler in transaction mode
 * @see <a href="https://jdbc.postgresql.org/documentation/use/">The PostgreSQL JDBC
 * Driver's connection parameters</a>
 */
record DatabaseAddress(List<PgConnectOptions> hosts, boolean primary, boolean sessions) {

	/**
	 * The prepared statements that a connection caches, as many as the JDBC driver does.
	 */
	private static final int PREPARED_STATEMENTS = 256;

	private static final int PIPELINING = 256;

	private static final int DEFAULT_PORT = 5432;

	private static final String PREPARE_THRESHOLD = "prepareThreshold";

	/**
	 * Settings of the JDBC driver without an effect on the session that a statement could
	 * notice.
	 */
	private static final Set<String> IGNORED_SETTINGS = Set.of("socketFactory", "socketTimeout", "connectTimeout",
			"sslResponseTimeout", "loginTimeout", "cancelSignalTimeout", "tcpKeepAlive", "tcpNoDelay",
			"receiveBufferSize", "sendBufferSize", "logServerErrorDetail", "logUnclosedConnections", "binaryTransfer",
			"binaryTransferEnable", "binaryTransferDisable", "preparedStatementCacheQueries",
			"preparedStatementCacheSizeMiB", "defaultRowFetchSize", "adaptiveFetch", "adaptiveFetchMinimum",
			"adaptiveFetchMaximum", "maxResultBuffer", "reWriteBatchedInserts", "assumeMinServerVersion",
			"hostRecheckSeconds", "databaseMetadataCacheFields", "databaseMetadataCacheFieldsMiB",
			"disableColumnSanitiser", "escapeSyntaxCallMode", "cleanupSavepoints", "autosave",
			"quoteReturningIdentifiers", "gssEncMode", "loadBalanceHosts", "readOnly", "readOnlyMode", "unknownLength",
			"stringtype", "allowEncodingChanges", "hideUnprivilegedObjects");

	/**
	 * Translates the settings.
	 * @param url the JDBC URL
	 * @param driverProperties the driver's properties; those of the URL take precedence
	 * @throws UnsupportedDriverSettingException if a setting can't be translated
	 */
	static DatabaseAddress of(String url, Properties driverProperties) {
		return of("spring.datasource.url", url, driverProperties, false);
	}

	/**
	 * Translates the settings of a replica, which may be any kind of server for now, but
	 * no connection pooler. A pooler in front of the primary is none of the replica's.
	 * @param setting the name of the setting with the URL
	 * @param url the JDBC URL
	 * @param driverProperties the driver's properties; those of the URL take precedence
	 * @throws UnsupportedDriverSettingException if a setting can't be translated
	 */
	static DatabaseAddress ofReplica(String setting, String url, Properties driverProperties) {
		return of(setting, url, driverProperties, true);
	}

	private static DatabaseAddress of(String setting, String url, Properties driverProperties, boolean replica) {
		Properties parsed = Driver.parseURL(url, new Properties());
		if (parsed == null) {
			throw new UnsupportedDriverSettingException(setting + " is no URL of PostgreSQL's JDBC driver");
		}
		Map<String, String> settings = new TreeMap<>();
		driverProperties.stringPropertyNames()
			.forEach((name) -> settings.put(name, driverProperties.getProperty(name)));
		if (replica) {
			settings.remove(PREPARE_THRESHOLD);
		}
		parsed.stringPropertyNames().forEach((name) -> settings.put(name, parsed.getProperty(name)));
		IGNORED_SETTINGS.forEach(settings::remove);
		String[] names = take(settings, "PGHOST", "localhost").split(",");
		String[] ports = take(settings, "PGPORT", String.valueOf(DEFAULT_PORT)).split(",");
		String serverType = take(settings, "targetServerType", "any");
		boolean primary = !replica && isPrimary(serverType);
		// This is how the driver is configured for a pooler that keeps no session:
		// dev.kennel.database.TransactionPooling.
		boolean sessions = !take(settings, PREPARE_THRESHOLD, "5").equals("0");
		if (replica && !sessions) {
			throw new UnsupportedDriverSettingException(
					setting + " is for a connection pooler (prepareThreshold=0), and has to lead to PostgreSQL itself");
		}
		PgConnectOptions options = options(settings, sessions);
		if (!settings.isEmpty()) {
			throw new UnsupportedDriverSettingException("The settings " + String.join(", ", settings.keySet())
					+ " of the JDBC driver have no counterpart in the client that reads lists");
		}
		List<PgConnectOptions> hosts = new ArrayList<>();
		for (int i = 0; i < names.length; i++) {
			hosts.add(copy(options).setHost(names[i].replaceAll("^\\[|]$", ""))
				.setPort(Integer.parseInt(ports[Math.min(i, ports.length - 1)])));
		}
		return new DatabaseAddress(List.copyOf(hosts), primary, sessions);
	}

	/**
	 * Copies options. The client's own copy drops {@code useLayer7Proxy}, without which a
	 * statement is bound in another session than it was parsed in: to none, or to another
	 * client's.
	 */
	static PgConnectOptions copy(PgConnectOptions options) {
		return new PgConnectOptions(options).setUseLayer7Proxy(options.getUseLayer7Proxy());
	}

	private static PgConnectOptions options(Map<String, String> settings, boolean sessions) {
		PgConnectOptions options = new PgConnectOptions();
		String user = take(settings, "user", System.getProperty("user.name"));
		options.setUser(user);
		options.setPassword(take(settings, "password", ""));
		options.setDatabase(take(settings, "PGDBNAME", user));
		// A default of the client, which PgBouncer refuses, and PostgreSQL 12 needs no
		// more.
		options.getProperties().remove("extra_float_digits");
		addProperty(options, "application_name", settings.remove("ApplicationName"));
		addProperty(options, "search_path", settings.remove("currentSchema"));
		addProperty(options, "options", settings.remove("options"));
		setTls(options, settings);
		if (!sessions) {
			options.setUseLayer7Proxy(true).setCachePreparedStatements(false).setPipeliningLimit(1);
		}
		else {
			options.setCachePreparedStatements(true)
				.setPreparedStatementCacheMaxSize(PREPARED_STATEMENTS)
				.setPreparedStatementCacheSqlFilter((sql) -> true)
				.setPipeliningLimit(PIPELINING);
		}
		return options;
	}

	private static void setTls(PgConnectOptions options, Map<String, String> settings) {
		String ssl = settings.remove("ssl");
		boolean verified = ssl != null && (ssl.isEmpty() || Boolean.parseBoolean(ssl));
		String mode = take(settings, "sslmode", verified ? "verify-full" : "prefer");
		String rootCertificate = settings.remove("sslrootcert");
		ClientSSLOptions tls = new ClientSSLOptions();
		switch (mode) {
			case "disable" -> options.setSslMode(SslMode.DISABLE);
			case "allow" -> options.setSslMode(SslMode.ALLOW);
			case "prefer" -> options.setSslMode(SslMode.PREFER);
			case "require" -> options.setSslMode(SslMode.REQUIRE);
			case "verify-ca" -> options.setSslMode(SslMode.VERIFY_CA);
			case "verify-full" -> options.setSslMode(SslMode.VERIFY_FULL);
			default -> throw new UnsupportedDriverSettingException("sslmode can't be " + mode);
		}
		if (mode.startsWith("verify")) {
			Path certificate = (rootCertificate != null) ? Path.of(rootCertificate)
					: Path.of(System.getProperty("user.home"), ".postgresql", "root.crt");
			if (!Files.isReadable(certificate)) {
				throw new UnsupportedDriverSettingException("sslrootcert can't be read: " + certificate);
			}
			tls.setTrustOptions(new PemTrustOptions().addCertPath(certificate.toString()));
			tls.setHostnameVerificationAlgorithm(mode.equals("verify-full") ? "HTTPS" : "");
		}
		else {
			tls.setTrustAll(true).setHostnameVerificationAlgorithm("");
		}
		options.setSslOptions(tls);
	}

	private static boolean isPrimary(String targetServerType) {
		return switch (targetServerType) {
			case "any" -> false;
			case "primary", "master" -> true;
			default -> throw new UnsupportedDriverSettingException(
					"targetServerType can't be " + targetServerType + ": Kennel writes, and needs a primary");
		};
	}

	private static void addProperty(PgConnectOptions options, String name, @Nullable String value) {
		if (value != null) {
			options.addProperty(name, value);
		}
	}

	private static String take(Map<String, String> settings, String name, String defaultValue) {
		String value = settings.remove(name);
		return (value != null) ? value : defaultValue;
	}

	/** Leaves out the password. */
	@Override
	public String toString() {
		return this.hosts.stream().map((host) -> host.getHost() + ":" + host.getPort()).toList().toString();
	}

}
