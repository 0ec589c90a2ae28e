package dev.kennel.management;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Exports the last spans at a shutdown, once the service's port is closed, within a
 * bounded time. OpenTelemetry's SDK would wait ten seconds for a receiver that does not
 * respond, when its beans are destroyed; after this, it has nothing to wait for.
 */
class TraceFlush implements SmartLifecycle {

	private static final int TIMEOUT_SECONDS = 5;

	private final ObjectProvider<Tracer> tracer;

	private final ObjectProvider<BatchSpanProcessor> processor;

	private volatile boolean running;

	TraceFlush(ObjectProvider<Tracer> tracer, ObjectProvider<BatchSpanProcessor> processor) {
		this.tracer = tracer;
		this.processor = processor;
	}

	@Override
	public void start() {
		this.running = this.tracer.getIfAvailable() != null;
	}

	@Override
	public void stop() {
		this.running = false;
		this.processor.getObject().shutdown().join(TIMEOUT_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** After the service's port and before the management port. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 4096;
	}

}
