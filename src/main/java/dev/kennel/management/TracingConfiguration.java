package dev.kennel.management;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryProperties;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryResourceAttributes;
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

	/** OpenTelemetry's logger of failed exports, which is referenced weakly otherwise. */
	private static final Logger EXPORT_LOGGER = Logger
		.getLogger("io.opentelemetry.exporter.internal.http.HttpExporter");

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
		String endpoint = settings.getProperty(ENDPOINT);
		if (!StringUtils.hasText(endpoint)) {
			return null;
		}
		if (!isHttp(endpoint)) {
			throw new InvalidConfigurationPropertyValueException(ENDPOINT, endpoint,
					"It has to be a URL that begins with http:// or https://, such as http://localhost:4318/v1/traces.");
		}
		EXPORT_LOGGER.setFilter(TracingConfiguration::demote);
		return openTelemetry.getObject().getTracer("dev.kennel");
	}

	private static boolean isHttp(String endpoint) {
		try {
			URI url = new URI(endpoint);
			return url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	/**
	 * Makes a warning without a stack trace of a receiver that can't be reached, which is
	 * no fault of the service. OpenTelemetry limits the rate. A filter that omits
	 * nothing.
	 */
	private static boolean demote(LogRecord line) {
		Throwable failure = line.getThrown();
		if (failure != null) {
			while (failure.getCause() != null
					&& (failure instanceof CompletionException || failure instanceof UncheckedIOException)) {
				failure = failure.getCause();
			}
			line.setLevel(Level.WARNING);
			line.setMessage("Failed to export spans: " + failure);
			line.setThrown(null);
		}
		return true;
	}

	/**
	 * Replaces Spring Boot's, which lacks version and instance. Attributes that are
	 * configured take precedence.
	 */
	@Bean
	@Lazy
	Resource resource(Environment settings, OpenTelemetryProperties properties) {
		ResourceBuilder attributes = Resource.getDefault()
			.toBuilder()
			.put("service.instance.id", UUID.randomUUID().toString())
			.put("service.version", settings.getProperty("spring.application.version"));
		new OpenTelemetryResourceAttributes(settings, properties.getResourceAttributes()).applyTo(attributes::put);
		return attributes.build();
	}

	@Bean
	SpanMeters spanMeters() {
		return new SpanMeters();
	}

	/**
	 * Replaces Spring Boot's, whose exporter converts each span to Micrometer's form and
	 * back for filters, of which Kennel has none. It has the same settings, and is lazy
	 * as well (see {@link #lazyOpenTelemetry}).
	 */
	@Bean
	@Lazy
	BatchSpanProcessor spanProcessor(OpenTelemetryTracingProperties properties, SpanExporters exporters,
			SpanMeters meters) {
		OpenTelemetryTracingProperties.Export export = properties.getExport();
		return BatchSpanProcessor.builder(SpanExporter.composite(exporters.list()))
			.setExportUnsampledSpans(export.isIncludeUnsampled())
			.setExporterTimeout(export.getTimeout())
			.setMaxExportBatchSize(export.getMaxBatchSize())
			.setMaxQueueSize(export.getMaxQueueSize())
			.setScheduleDelay(export.getScheduleDelay())
			.setMeterProvider(meters.provider())
			.setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
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
