package dev.kennel.throttle;

import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.PermitMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Metrics of the bulkhead of password hashes. */
@Component
class ThrottleMeters implements MeterBinder {

	private final FairBulkhead permits;

	ThrottleMeters(PasswordHashBulkhead bulkhead) {
		this.permits = bulkhead.permits();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		PermitMeters.bind(registry, "password-hashes", this.permits::max, this.permits::taken, this.permits::waiting);
	}

}
