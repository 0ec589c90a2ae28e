package dev.kennel.database;

import java.time.Duration;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** Notification channels without a service. */
public final class TestNotifications {

	private TestNotifications() {
	}

	/**
	 * Creates a channel.
	 * @param server the database
	 * @param dataSource connects to it
	 * @return the channel, which is not started
	 */
	public static NotificationChannel create(JdbcConnectionDetails server, DataSource dataSource) {
		NotificationProperties on = new NotificationProperties(true, Duration.ofMillis(10), null, null, null);
		return new NotificationChannel(new ConnectionSettings(server, dataSource, on), dataSource, on);
	}

	/**
	 * Returns how many notifications have arrived.
	 * @param channel a channel
	 * @return the number of notifications
	 */
	public static long received(NotificationChannel channel) {
		return channel.received();
	}

}
