package dev.kennel.error;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/**
 * Counts faults of the service. The counter exists from the start: a series that begins
 * with its first fault has no increase by which an alert could notice it.
 */
@Component
class FaultMeters implements MeterBinder {

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("kennel.faults", ApiErrorFactory.class, (factory) -> ApiErrorFactory.faults())
			.description("Faults that were answered with INTERNAL_SERVER_ERROR, each kind once for a request")
			.register(registry);
	}

}
