package dev.kennel.database.notification;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A notification that this instance sends to itself after it has connected, to check that
 * notifications arrive: a LISTEN through a pooler, or on another database than the
 * pool's, causes no error, but receives nothing.
 */
final class NotificationEcho {

	private static final Logger logger = LoggerFactory.getLogger(NotificationEcho.class);

	/** The channel of all instances' echoes. */
	static final String CHANNEL = "kennel_echo";

	/** How long it may take to come back. */
	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final Notification notification = new Notification(CHANNEL, UUID.randomUUID().toString());

	/** Time that the notification waits for the database does not count. */
	private volatile @Nullable Long publishedAt;

	private volatile boolean arrived;

	private volatile boolean lost;

	Notification notification() {
		return this.notification;
	}

	/** Returns whether it has not come back in time. */
	boolean isLost() {
		return this.lost;
	}

	/** Called with notifications that were sent. */
	void published(Set<Notification> batch) {
		if (batch.contains(this.notification)) {
			this.publishedAt = System.nanoTime();
		}
	}

	/** Called with notifications that have arrived. */
	void arrived(Set<Notification> received) {
		if (received.contains(this.notification)) {
			this.arrived = true;
			this.lost = false;
		}
	}

	/** Logs a warning, once, if it has not come back in time. */
	void check() {
		Long published = this.publishedAt;
		if (published != null && !this.arrived && !this.lost && System.nanoTime() - published > TIMEOUT.toNanos()) {
			this.lost = true;
			logger
				.warn("""
						Notifications do not arrive: one that was published over spring.datasource.url has not come back within {} s, and \
						instances poll instead. Set kennel.notifications.url to the same database, without a connection pooler.""",
						TIMEOUT.toSeconds());
		}
	}

}
