package dev.kennel.management;

import java.util.Collection;
import java.util.function.Predicate;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import org.jspecify.annotations.Nullable;

/**
 * Registers with Micrometer what OpenTelemetry's span processor counts: exported and
 * dropped spans. Nothing else knows which ones it drops.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/#metric-otelsdkprocessorspanprocessed">OpenTelemetry,
 * {@code otel.sdk.processor.span.processed}</a>
 */
final class SpanMeters implements MetricReader, MeterBinder {

	private static final String PROCESSED = "otel.sdk.processor.span.processed";

	private static final String QUEUE_FULL = "queue_full";

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	/** The metrics of the processor, none before it is started. */
	private volatile CollectionRegistration metrics = CollectionRegistration.noop();

	/** Returns what the processor counts with. */
	MeterProvider provider() {
		return SdkMeterProvider.builder().registerMetricReader(this).build();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		bind(registry, "none", (type) -> type == null);
		bind(registry, QUEUE_FULL, QUEUE_FULL::equals);
		bind(registry, "_OTHER", (type) -> type != null && !type.equals(QUEUE_FULL));
	}

	private void bind(MeterRegistry registry, String errorType, Predicate<@Nullable String> counted) {
		FunctionCounter.builder(PROCESSED, this, (all) -> all.count(counted))
			.description("Spans of traces that were exported, or were not")
			.tag("error.type", errorType)
			.register(registry);
	}

	private double count(Predicate<@Nullable String> counted) {
		return this.metrics.collectAllMetrics()
			.stream()
			.filter((metric) -> metric.getName().equals(PROCESSED))
			.map((metric) -> metric.getLongSumData().getPoints())
			.flatMap(Collection::stream)
			.filter((point) -> counted.test(point.getAttributes().get(ERROR_TYPE)))
			.mapToLong(LongPointData::getValue)
			.sum();
	}

	@Override
	public void register(CollectionRegistration registration) {
		this.metrics = registration;
	}

	@Override
	public AggregationTemporality getAggregationTemporality(InstrumentType type) {
		return AggregationTemporality.CUMULATIVE;
	}

	@Override
	public CompletableResultCode forceFlush() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

}
