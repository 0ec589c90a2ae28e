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
 * Where PostgreSQL is, and how to connect to it, as the settings of the JDBC driver say:
 * both ways to the store have one description.
 *
 * @param hosts the hosts, in the order in which they are tried
 * @param primary whether only a host that can be written to will do
 * @param sessions whether what is set on a connection stays on it, as it does not behind
 * a pooler of transactions
 * @see <a href="https://jdbc.postgresql.org/documentation/use/">The PostgreSQL JDBC
 * Driver's connection parameters</a>
 */
record DatabaseAddress(List<PgConnectOptions> hosts, boolean primary, boolean sessions) {

	/** How many statements a connection keeps prepared, as the JDBC driver does. */
	private static final int PREPARED = 256;

	private static final int PIPELINING = 256;

	private static final int DEFAULT_PORT = 5432;

	/**
	 * What changes how the driver works, and nothing of the session that a statement
	 * could notice.
	 */
	private static final Set<String> OF_THE_DRIVER = Set.of("socketFactory", "socketTimeout", "connectTimeout",
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
	 * @param url the URL of the JDBC driver
	 * @param given the driver's properties; those of the URL come first
	 * @throws UnsupportedDriverSettingException if something can't be translated
	 */
	static DatabaseAddress of(String url, Properties given) {
		Properties parsed = Driver.parseURL(url, new Properties());
		if (parsed == null) {
			throw new UnsupportedDriverSettingException("spring.datasource.url is no URL of PostgreSQL's JDBC driver");
		}
		Map<String, String> settings = new TreeMap<>();
		given.stringPropertyNames().forEach((name) -> settings.put(name, given.getProperty(name)));
		parsed.stringPropertyNames().forEach((name) -> settings.put(name, parsed.getProperty(name)));
		OF_THE_DRIVER.forEach(settings::remove);
		String[] names = take(settings, "PGHOST", "localhost").split(",");
		String[] ports = take(settings, "PGPORT", String.valueOf(DEFAULT_PORT)).split(",");
		boolean primary = isPrimary(take(settings, "targetServerType", "any"));
		// What the driver is told where a pooler before PostgreSQL keeps no session.
		boolean sessions = !take(settings, "prepareThreshold", "5").equals("0");
		PgConnectOptions options = options(settings, sessions);
		if (!settings.isEmpty()) {
			throw new UnsupportedDriverSettingException("The settings " + String.join(", ", settings.keySet())
					+ " of the JDBC driver have no counterpart in the client that reads lists");
		}
		List<PgConnectOptions> hosts = new ArrayList<>();
		for (int i = 0; i < names.length; i++) {
			hosts.add(new PgConnectOptions(options).setHost(names[i].replaceAll("^\\[|]$", ""))
				.setPort(Integer.parseInt(ports[Math.min(i, ports.length - 1)])));
		}
		return new DatabaseAddress(List.copyOf(hosts), primary, sessions);
	}

	private static PgConnectOptions options(Map<String, String> settings, boolean sessions) {
		PgConnectOptions options = new PgConnectOptions();
		String user = take(settings, "user", System.getProperty("user.name"));
		options.setUser(user);
		options.setPassword(take(settings, "password", ""));
		options.setDatabase(take(settings, "PGDBNAME", user));
		addProperty(options, "application_name", settings.remove("ApplicationName"));
		addProperty(options, "search_path", settings.remove("currentSchema"));
		addProperty(options, "options", settings.remove("options"));
		setTls(options, settings);
		if (!sessions) {
			options.setUseLayer7Proxy(true).setCachePreparedStatements(false).setPipeliningLimit(1);
		}
		else {
			options.setCachePreparedStatements(true)
				.setPreparedStatementCacheMaxSize(PREPARED)
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

	private static boolean isPrimary(String wanted) {
		return switch (wanted) {
			case "any" -> false;
			case "primary", "master" -> true;
			default -> throw new UnsupportedDriverSettingException(
					"targetServerType can't be " + wanted + ": Kennel writes, and needs a primary");
		};
	}

	private static void addProperty(PgConnectOptions options, String name, @Nullable String value) {
		if (value != null) {
			options.addProperty(name, value);
		}
	}

	private static String take(Map<String, String> settings, String name, String otherwise) {
		String value = settings.remove(name);
		return (value != null) ? value : otherwise;
	}

	/** Without the password. */
	@Override
	public String toString() {
		return this.hosts.stream().map((host) -> host.getHost() + ":" + host.getPort()).toList().toString();
	}

}
