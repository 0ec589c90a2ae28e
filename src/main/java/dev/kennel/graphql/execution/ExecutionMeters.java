package dev.kennel.graphql.execution;

import java.util.Locale;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows a registry, if there is one, how operations are run. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
class ExecutionMeters {

	private static final String PLANS = "kennel.graphql.plans";

	@Bean
	MeterBinder executionMeterBinder(ExecutionCounts counts) {
		return (registry) -> bind(registry, counts);
	}

	static void bind(MeterRegistry registry, ExecutionCounts counts) {
		FunctionCounter.builder(PLANS, counts, ExecutionCounts::plansFound)
			.tag("outcome", "found")
			.description("Operations by whether their plan was there")
			.register(registry);
		FunctionCounter.builder(PLANS, counts, ExecutionCounts::plansCompiled)
			.tag("outcome", "compiled")
			.description("Operations by whether their plan was there")
			.register(registry);
		for (Handover reason : Handover.values()) {
			FunctionCounter.builder("kennel.graphql.handovers", counts, (all) -> all.handovers(reason))
				.tag("reason", reason.name().toLowerCase(Locale.ROOT))
				.description("Operations that graphql-java's own strategy has run")
				.register(registry);
		}
	}

}
