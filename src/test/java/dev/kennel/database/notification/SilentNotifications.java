package dev.kennel.database.notification;

import java.time.Duration;

import javax.sql.DataSource;

import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.NotificationProperties;

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
		NotificationProperties off = new NotificationProperties(false, Duration.ZERO, null, null, null);
		return new NotificationChannel(new ConnectionSettings(server, dataSource, off), dataSource, off);
	}

}
