package dev.kennel.concurrency;

import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Shows how many permits of a bulkhead there are, and who wants them. */
public final class PermitMeters {

	private static final String BULKHEAD = "bulkhead";

	private PermitMeters() {
	}

	/**
	 * Registers the gauges of a bulkhead.
	 * @param registry where to
	 * @param bulkhead its name, one of few
	 * @param max returns how many permits there are
	 * @param taken returns how many are taken
	 * @param waiting returns how many executions wait for one
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
