package dev.kennel.graphql.operation;

import java.util.Locale;

import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.concurrency.PermitMeters;
import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.FallbackReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Meters of the engine: execution plans, fallbacks to graphql-java, and permits. */
class ExecutionMeters implements MeterBinder {

	private static final String PLANS = "kennel.graphql.plans";

	private final ExecutionCounts counts;

	private final FairBulkhead permits;

	ExecutionMeters(ExecutionCounts counts, FairBulkhead permits) {
		this.counts = counts;
		this.permits = permits;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder(PLANS, this.counts, ExecutionCounts::plansFound)
			.tag("outcome", "found")
			.description("Operations by whether their plan was already compiled")
			.register(registry);
		FunctionCounter.builder(PLANS, this.counts, ExecutionCounts::plansCompiled)
			.tag("outcome", "compiled")
			.description("Operations by whether their plan was already compiled")
			.register(registry);
		for (FallbackReason reason : FallbackReason.values()) {
			FunctionCounter.builder("kennel.graphql.fallbacks", this.counts, (all) -> all.fallbacks(reason))
				.tag("reason", reason.name().toLowerCase(Locale.ROOT))
				.description("Operations that graphql-java's own strategy has executed")
				.register(registry);
		}
		PermitMeters.bind(registry, "operations", this.permits::max, this.permits::taken, this.permits::waiting);
	}

}
