package dev.kennel.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.kennel.server.connection.ConnectionInitializer;
import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.header.ClientAddresses;
import dev.kennel.server.header.CorsPolicy;
import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.server.limit.RequestPermits;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.Ssl;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.unit.DataSize;

/**
 * The management server for operators, on a separate port
 * ({@code management.server.port}) and on the loopback interface unless
 * {@code management.server.address} is set. Disabled without a port. It shares the event
 * loops with the service, but no resources that clients could exhaust: connections,
 * permits and memory are separate. It stops after the service's port is closed, so that a
 * drain can be observed.
 *
 * <p>
 * Spring Boot's own management server requires a second application context with WebFlux.
 */
public final class ManagementServer implements SmartLifecycle {

	/** Stops after all components that have a phase, and before beans are destroyed. */
	private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 8192;

	private static final int MAX_CONNECTIONS = 64;

	private static final int MAX_CONCURRENT_REQUESTS = 4;

	private static final int REQUEST_MEMORY_BYTES = 4 * 1024 * 1024;

	/** A single scrape may be that large. */
	private static final int RESPONSE_MEMORY_BYTES = 32 * 1024 * 1024;

	private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

	private final ManagementServerProperties settings;

	private final ObjectProvider<ManagementRouteTable> routes;

	private final ReactorResourceFactory resources;

	private final ErrorBodies errors;

	private final Duration bodyTimeout;

	private final int maxHeaderSize;

	private @Nullable ConnectionRegistry connections;

	private volatile @Nullable DisposableServer server;

	ManagementServer(ManagementServerProperties settings, ObjectProvider<ManagementRouteTable> routes,
			ReactorResourceFactory resources, ErrorBodies errors, Duration bodyTimeout, int maxHeaderSize) {
		if (Ssl.isEnabled(settings.getSsl())) {
			throw new IllegalStateException("management.server.ssl: the management port serves plain HTTP. "
					+ "Terminate TLS at a proxy, or leave the port on the loopback interface.");
		}
		this.settings = settings;
		this.routes = routes;
		this.resources = resources;
		this.errors = errors;
		this.bodyTimeout = bodyTimeout;
		this.maxHeaderSize = maxHeaderSize;
	}

	/**
	 * Returns the port.
	 * @return the bound port, or -1 if the server is not running
	 */
	public int port() {
		DisposableServer running = this.server;
		return (running != null) ? running.port() : -1;
	}

	@Override
	public void start() {
		Integer port = this.settings.getPort();
		if (port == null || port < 0) {
			return;
		}
		InetAddress address = this.settings.getAddress();
		ConnectionRegistry registry = new ConnectionRegistry(limits(), this.bodyTimeout);
		MemoryPermits requestMemory = new MemoryPermits(REQUEST_MEMORY_BYTES);
		ServerResources separate = new ServerResources(this.errors, new ClientAddresses(false, List.of()),
				new RequestPermits(MAX_CONCURRENT_REQUESTS, MAX_CONNECTIONS), requestMemory,
				new MemoryPermits(RESPONSE_MEMORY_BYTES), this.bodyTimeout, limits().sendTimeout(),
				new PendingRequestBodies(), new HttpMeters(), null, null);
		RequestDispatcher dispatcher = new RequestDispatcher(
				this.routes.orderedStream().flatMap((some) -> some.values().stream()).toList(), List.of(),
				new CorsPolicy("", Set.of(), false, ""), this.maxHeaderSize, separate);
		HttpServer http = HttpServer.create()
			.runOn(this.resources.getLoopResources())
			.bindAddress(
					() -> new InetSocketAddress((address != null) ? address : InetAddress.getLoopbackAddress(), port));
		try {
			this.server = new ConnectionInitializer(registry, requestMemory, this.maxHeaderSize).apply(http)
				.handle(dispatcher)
				.bindNow(START_TIMEOUT);
			this.connections = registry;
		}
		catch (ChannelBindException ex) {
			registry.close();
			throw new PortInUseException(port, ex);
		}
	}

	private static KennelServerProperties limits() {
		Duration timeout = Duration.ofSeconds(60);
		return new KennelServerProperties(MAX_CONNECTIONS, MAX_CONCURRENT_REQUESTS, timeout, timeout, timeout,
				DataSize.ofBytes(0), null, false, List.of());
	}

	@Override
	public void stop() {
		DisposableServer running = this.server;
		this.server = null;
		if (running != null) {
			running.disposeNow(STOP_TIMEOUT);
		}
		ConnectionRegistry registry = this.connections;
		if (registry != null) {
			registry.close();
		}
	}

	@Override
	public boolean isRunning() {
		return this.server != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
