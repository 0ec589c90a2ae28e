package dev.kennel.database.notification;

import java.time.Duration;

import javax.sql.DataSource;

import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnectionProperties;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Disabled notification channels: the test notifies their listener, and the service's
 * instances don't.
 */
public final class SilentNotifications {

	private SilentNotifications() {
	}

	/**
	 * Creates a channel that publishes nothing and listens to nothing.
	 * @param server the database
	 * @param dataSource the pool
	 * @return the channel, which is not started
	 */
	public static NotificationChannel create(JdbcConnectionDetails server, DataSource dataSource) {
		ConnectionSettings settings = new ConnectionSettings(server, dataSource,
				new DirectConnectionProperties(null, null, null));
		return new NotificationChannel(settings, dataSource, new NotificationProperties(false, Duration.ZERO));
	}

}
