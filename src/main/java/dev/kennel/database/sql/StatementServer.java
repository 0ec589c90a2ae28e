package dev.kennel.database.sql;

import java.util.Properties;

import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The server and the database of a driver's statements, as attributes of OpenTelemetry.
 *
 * @param address the host, or null if there are several
 * @param port the port, or null if there are several hosts
 * @param database the name of the database, or null if the URL lacks it
 */
public record StatementServer(@Nullable String address, @Nullable Long port, @Nullable String database) {

	/**
	 * Returns the server of a JDBC URL.
	 * @param url the URL
	 * @return the server, without its address if the driver chooses one of several
	 */
	public static StatementServer of(String url) {
		Properties parsed = Driver.parseURL(url, new Properties());
		if (parsed == null) {
			return new StatementServer(null, null, null);
		}
		String hosts = PGProperty.PG_HOST.getOrDefault(parsed);
		String ports = PGProperty.PG_PORT.getOrDefault(parsed);
		boolean one = hosts != null && ports != null && hosts.indexOf(',') < 0;
		return new StatementServer(one ? hosts : null, one ? Long.valueOf(ports) : null,
				PGProperty.PG_DBNAME.getOrDefault(parsed));
	}

}
