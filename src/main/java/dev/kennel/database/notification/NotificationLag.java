package dev.kennel.database.notification;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Measures the time from the publication of a notification to its return to this
 * instance. Few notifications are measured at a time; lost ones are evicted, and an equal
 * one that is published later is not mistaken for them.
 */
final class NotificationLag {

	private static final int MAX_MEASURED = 100;

	/** A notification in flight for longer counts as lost. */
	private static final Duration LOST_AFTER = Duration.ofMinutes(1);

	private final LongSupplier nanoTime;

	/** When the notifications that have not come back yet were published. */
	private final Map<Notification, Long> publishedAt = new ConcurrentHashMap<>();

	private volatile LongConsumer consumer = (nanos) -> {
	};

	NotificationLag(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/** Sets the consumer of each lag, in nanoseconds. */
	void onLag(LongConsumer nanos) {
		this.consumer = nanos;
	}

	/** Records a notification that is published on a channel of this instance. */
	void published(Notification notification) {
		long now = this.nanoTime.getAsLong();
		if (this.publishedAt.size() >= MAX_MEASURED) {
			this.publishedAt.values().removeIf((at) -> isLost(at, now));
		}
		if (this.publishedAt.size() < MAX_MEASURED) {
			this.publishedAt.merge(notification, now, (earlier, latest) -> isLost(earlier, now) ? latest : earlier);
		}
	}

	/** Records a notification that has come back, or is another instance's. */
	void arrived(Notification notification) {
		Long at = this.publishedAt.remove(notification);
		long now = this.nanoTime.getAsLong();
		if (at != null && !isLost(at, now)) {
			this.consumer.accept(now - at);
		}
	}

	private static boolean isLost(long at, long now) {
		return now - at > LOST_AFTER.toNanos();
	}

	/** Forgets a notification that is not sent. */
	void forget(Notification notification) {
		this.publishedAt.remove(notification);
	}

	/** Forgets the notifications of channels on which nothing arrives any longer. */
	void forget(Set<String> channels) {
		this.publishedAt.keySet().removeIf((notification) -> channels.contains(notification.channel()));
	}

	/** Forgets all notifications: the connection on which they would arrive is lost. */
	void clear() {
		this.publishedAt.clear();
	}

}
