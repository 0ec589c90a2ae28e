package dev.kennel.management;

import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Configures traces, by Spring Boot's OpenTelemetry SDK. Kennel makes the spans with
 * OpenTelemetry's API rather than by Micrometer's observations: an observation looks up
 * its handlers and collects its key-values whether or not it is sampled, and records the
 * messages of exceptions, which may be personal.
 */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

	/** Without an endpoint, the SDK is not started. */
	static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

	/**
	 * Whether the SDK's beans are created is decided by {@link #tracer}: with beans that
	 * were prepared ahead of time, they are defined in any case. The processor shuts the
	 * exporters down ({@link TraceFlush}); closing them as beans would wait for the
	 * request in flight.
	 */
	@Bean
	static BeanFactoryPostProcessor lazyOpenTelemetry() {
		return (beans) -> {
			for (String name : beans.getBeanDefinitionNames()) {
				String factory = beans.getBeanDefinition(name).getFactoryBeanName();
				if (factory != null && factory.startsWith("org.springframework.boot.")
						&& factory.contains(".opentelemetry.")) {
					beans.getBeanDefinition(name).setLazyInit(true);
				}
			}
			for (String name : beans.getBeanNamesForType(SpanExporter.class, true, false)) {
				beans.getBeanDefinition(name).setDestroyMethodName("");
			}
		};
	}

	/** The bean is defined whatever the settings are, and null if nothing is traced. */
	@Bean
	@Nullable Tracer tracer(Environment settings, ObjectProvider<OpenTelemetry> openTelemetry) {
		return StringUtils.hasText(settings.getProperty(ENDPOINT)) ? openTelemetry.getObject().getTracer("dev.kennel")
				: null;
	}

	/**
	 * Replaces Spring Boot's, whose exporter converts each span to Micrometer's form and
	 * back for filters, of which Kennel has none. It has the same settings, and is lazy
	 * as well (see {@link #lazyOpenTelemetry}).
	 */
	@Bean
	@Lazy
	BatchSpanProcessor spanProcessor(OpenTelemetryTracingProperties properties, SpanExporters exporters) {
		OpenTelemetryTracingProperties.Export export = properties.getExport();
		return BatchSpanProcessor.builder(SpanExporter.composite(exporters.list()))
			.setExportUnsampledSpans(export.isIncludeUnsampled())
			.setExporterTimeout(export.getTimeout())
			.setMaxExportBatchSize(export.getMaxBatchSize())
			.setMaxQueueSize(export.getMaxQueueSize())
			.setScheduleDelay(export.getScheduleDelay())
			.build();
	}

	@Bean
	TraceFlush traceFlush(ObjectProvider<Tracer> tracer, ObjectProvider<BatchSpanProcessor> processor) {
		return new TraceFlush(tracer, processor);
	}

	/** The keys of the log context are those of the Elastic Common Schema. */
	@Bean
	Slf4JEventListener traceIdsInTheLog() {
		return new Slf4JEventListener("trace.id", "span.id");
	}

	/** A measurement within a sampled span gets an exemplar. */
	@Bean
	SpanContext exemplars() {
		return new SpanContext() {

			@Override
			public @Nullable String getCurrentTraceId() {
				return isCurrentSpanSampled() ? Span.current().getSpanContext().getTraceId() : null;
			}

			@Override
			public @Nullable String getCurrentSpanId() {
				return isCurrentSpanSampled() ? Span.current().getSpanContext().getSpanId() : null;
			}

			@Override
			public boolean isCurrentSpanSampled() {
				return Span.current().getSpanContext().isSampled();
			}

			@Override
			public void markCurrentSpanAsExemplar() {
			}

		};
	}

}
