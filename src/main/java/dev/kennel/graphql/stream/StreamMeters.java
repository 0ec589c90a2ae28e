package dev.kennel.graphql.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Registers the gauge of open streams. */
@Component
class StreamMeters implements MeterBinder {

	private final StreamRegistry streams;

	StreamMeters(StreamRegistry streams) {
		this.streams = streams;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.streams", this.streams, StreamRegistry::size)
			.description("Open WebSockets and streams of server-sent events")
			.register(registry);
	}

}
