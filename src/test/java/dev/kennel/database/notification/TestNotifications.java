package dev.kennel.database.notification;

import java.time.Duration;

import javax.sql.DataSource;

import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.DirectConnectionProperties;
import dev.kennel.database.TrustingServer;

/** Notification channels without a service. */
public final class TestNotifications {

	private TestNotifications() {
	}

	/**
	 * Creates a channel.
	 * @param url the database, which needs no password of the role {@code postgres}
	 * @param dataSource connects to it
	 * @return the channel, which is not started
	 */
	public static NotificationChannel create(String url, DataSource dataSource) {
		ConnectionSettings settings = new ConnectionSettings(new TrustingServer(url), dataSource,
				new DirectConnectionProperties(null, null, null));
		return new NotificationChannel(settings, dataSource, new NotificationProperties(true, Duration.ofMillis(10)));
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
