package dev.kennel.audit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Counts security events. */
@Component
class SecurityMeters implements MeterBinder {

	private final SecurityLog log;

	SecurityMeters(SecurityLog log) {
		this.log = log;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (SecurityEvent event : SecurityEvent.values()) {
			FunctionCounter.builder("kennel.security.events", this.log, (all) -> all.count(event))
				.description("Security events")
				.tag("event", event.text())
				.register(registry);
		}
	}

}
