package dev.kennel.throttle;

import dev.kennel.database.Turns;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Shows how busy the hashing of passwords is. */
@Component
class ThrottleMeters implements MeterBinder {

	private static final String BULKHEAD = "bulkhead";

	private static final String PASSWORD_HASHES = "password-hashes";

	private final Turns permits;

	ThrottleMeters(PasswordHashBulkhead bulkhead) {
		this.permits = bulkhead.permits();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.permits.max", this.permits, Turns::max)
			.description("Permits of a bulkhead")
			.tag(BULKHEAD, PASSWORD_HASHES)
			.register(registry);
		Gauge.builder("kennel.permits.taken", this.permits, Turns::taken)
			.description("Permits that are taken")
			.tag(BULKHEAD, PASSWORD_HASHES)
			.register(registry);
		Gauge.builder("kennel.permits.waiting", this.permits, Turns::waiting)
			.description("Executions that wait for a permit")
			.tag(BULKHEAD, PASSWORD_HASHES)
			.register(registry);
	}

}
