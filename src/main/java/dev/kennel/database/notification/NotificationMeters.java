package dev.kennel.database.notification;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Meters of notifications. */
@Component
class NotificationMeters implements MeterBinder {

	private static final Duration[] LAG = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
			Duration.ofSeconds(1), Duration.ofSeconds(5) };

	private final NotificationChannel notifications;

	NotificationMeters(NotificationChannel notifications) {
		this.notifications = notifications;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.notifications.listening", this.notifications, (channel) -> channel.isListening() ? 1 : 0)
			.description("1 if notifications of other instances arrive")
			.register(registry);
		FunctionCounter.builder("kennel.notifications.reconnects", this.notifications, NotificationChannel::reconnects)
			.description("Losses of the listening connection")
			.register(registry);
		FunctionCounter.builder("kennel.notifications.received", this.notifications, NotificationChannel::received)
			.description("Notifications that PostgreSQL has sent to this instance")
			.register(registry);
		Gauge.builder("kennel.notifications.channels", this.notifications, NotificationChannel::channels)
			.description("Channels on which this instance listens")
			.register(registry);
		Timer lag = Timer.builder("kennel.notifications.lag")
			.description("Time between the publication of a notification and its return to this instance")
			.serviceLevelObjectives(LAG)
			.register(registry);
		this.notifications.onLag((nanos) -> lag.record(nanos, TimeUnit.NANOSECONDS));
	}

}
