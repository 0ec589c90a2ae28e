package dev.kennel.server;

import dev.kennel.concurrency.PermitMeters;
import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.limit.RequestPermits;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Registers the metrics of connections and request permits. */
class ServerMeters implements MeterBinder {

	private final ConnectionRegistry connections;

	private final RequestPermits permits;

	ServerMeters(ConnectionRegistry connections, RequestPermits permits) {
		this.connections = connections;
		this.permits = permits;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.server.connections", this.connections, ConnectionRegistry::size)
			.description("Open connections of clients")
			.register(registry);
		Gauge.builder("kennel.server.connections.max", this.connections, ConnectionRegistry::max)
			.description("Maximum number of open connections")
			.register(registry);
		FunctionCounter.builder("kennel.server.connections.evicted", this.connections, ConnectionRegistry::evicted)
			.description("Connections evicted because the maximum was exceeded")
			.register(registry);
		PermitMeters.bind(registry, "requests", this.permits::max, this.permits::taken, this.permits::waiting);
	}

}
