package dev.kennel.concurrency;

import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Registers gauges for the permits and the queue of a bulkhead. */
public final class PermitMeters {

	private static final String BULKHEAD = "bulkhead";

	private PermitMeters() {
	}

	/**
	 * Registers the gauges of a bulkhead.
	 * @param registry the registry
	 * @param bulkhead the tag value, of low cardinality
	 * @param max the supplier of the number of permits
	 * @param taken the supplier of the number of acquired permits
	 * @param waiting the supplier of the number of queued executions
	 */
	public static void bind(MeterRegistry registry, String bulkhead, Supplier<Number> max, Supplier<Number> taken,
			Supplier<Number> waiting) {
		Gauge.builder("kennel.permits.max", max)
			.description("Permits of a bulkhead")
			.tag(BULKHEAD, bulkhead)
			.register(registry);
		Gauge.builder("kennel.permits.taken", taken)
			.description("Permits that are taken")
			.tag(BULKHEAD, bulkhead)
			.register(registry);
		Gauge.builder("kennel.permits.waiting", waiting)
			.description("Executions that wait for a permit")
			.tag(BULKHEAD, bulkhead)
			.register(registry);
	}

}
