package dev.kennel.change;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Measures the delivery lag of changes to the subscribers of this instance. */
@Component
class ChangeMeters implements MeterBinder {

	private static final Duration[] BUCKETS = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
			Duration.ofSeconds(1), Duration.ofSeconds(5) };

	private final FeedDispatcher dispatcher;

	ChangeMeters(FeedDispatcher dispatcher) {
		this.dispatcher = dispatcher;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Timer lag = Timer.builder("kennel.changes.delivery.lag")
			.description(
					"Changes that were delivered to a subscriber, from the write on; not those before its subscription")
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
		this.dispatcher.onLag((millis) -> lag.record(millis, TimeUnit.MILLISECONDS));
	}

}
