package dev.kennel.graphql.operation;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.kennel.engine.loader.BatchObserver;
import graphql.GraphQLContext;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/** Meters the batch sizes of data loaders, and traces their batches. */
@Component
class LoaderMeters implements MeterBinder, OperationInterceptor, BatchObserver {

	private static final double[] BUCKETS = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000 };

	private final OperationTracer tracer;

	private volatile @Nullable DistributionSummary sizes;

	LoaderMeters(OperationTracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.sizes = DistributionSummary.builder("kennel.graphql.loader.batch.size")
			.description("Number of keys per batch")
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
	}

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		context.put(BatchObserver.class, this);
	}

	@Override
	public <V> CompletableFuture<V> load(String loader, int keys, Supplier<CompletableFuture<V>> load) {
		DistributionSummary summary = this.sizes;
		if (summary != null) {
			summary.record(keys);
		}
		return this.tracer.batch(loader, keys, load);
	}

}
