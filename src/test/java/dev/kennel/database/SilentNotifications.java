package dev.kennel.database;

import java.time.Duration;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * NotificationChannel that are switched off: a listener of its own is told by the test, and not
 * by the service's instances.
 */
public final class SilentNotifications {

	private SilentNotifications() {
	}

	/**
	 * Creates notifications that publish nothing and listen to nothing.
	 * @param server the database
	 * @param dataSource the pool
	 * @return the notifications, which are not started
	 */
	public static NotificationChannel create(JdbcConnectionDetails server, DataSource dataSource) {
		return new NotificationChannel(new ConnectionSettings(server, dataSource), dataSource,
				new NotificationProperties(false, Duration.ZERO));
	}

}
