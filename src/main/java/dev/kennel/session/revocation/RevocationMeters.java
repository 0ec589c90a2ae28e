package dev.kennel.session.revocation;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Metrics of revoked sessions, and of the lag until their tokens are refused. */
@Component
class RevocationMeters implements MeterBinder {

	private static final Duration[] BUCKETS = { Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(100),
			Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
			// The limit of the alert KennelRevocationSlow.
			Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(30) };

	private final RevocationList revoked;

	RevocationMeters(RevocationList revoked) {
		this.revoked = revoked;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.sessions.revoked", this.revoked, RevocationList::size)
			.description("Revoked sessions with access tokens that have not expired")
			.register(registry);
		Timer lag = Timer.builder("kennel.sessions.revocation.lag")
			.description(
					"Time between the end of a session, on any instance, and the refusal of its tokens on this one")
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
		this.revoked.onLag((millis) -> lag.record(millis, TimeUnit.MILLISECONDS));
	}

}
