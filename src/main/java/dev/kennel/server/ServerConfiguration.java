package dev.kennel.server;

import java.time.Duration;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.server.connection.ConnectionInitializer;
import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.header.ClientAddresses;
import dev.kennel.server.header.CorsPolicy;
import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.server.limit.RequestBodyTimeout;
import dev.kennel.server.limit.RequestPermits;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerFactoryCustomizer;
import org.springframework.boot.reactor.netty.autoconfigure.NettyServerProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.reactive.ReactiveWebServerConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;

/**
 * Configures Spring Boot's Reactor Netty server, with its settings under {@code server},
 * to dispatch to Kennel's handlers. Spring Boot's own auto-configuration requires
 * WebFlux, of which nothing else would be used.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ KennelServerProperties.class, NettyServerProperties.class,
		ManagementServerProperties.class })
@Import(ReactiveWebServerConfiguration.class)
class ServerConfiguration {

	/**
	 * The server shares its event loops with the database driver, so that a query
	 * completes on the loop of its connection. Blocking work has separate threads.
	 */
	@Bean
	ReactorResourceFactory reactorResourceFactory(EventLoops loops) {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setLoopResourcesSupplier(() -> (useNative) -> loops.group());
		resources.setShutdownQuietPeriod(Duration.ZERO);
		return resources;
	}

	@Bean
	NettyReactiveWebServerFactory nettyReactiveWebServerFactory(ReactorResourceFactory resources,
			NettyRouteProvider requests) {
		NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
		factory.setResourceFactory(resources);
		factory.addRouteProviders(requests);
		return factory;
	}

	@Bean
	NettyReactiveWebServerFactoryCustomizer nettyWebServerFactoryCustomizer(Environment environment,
			ServerProperties server, NettyServerProperties netty) {
		return new NettyReactiveWebServerFactoryCustomizer(environment, server, netty);
	}

	@Bean
	ConnectionRegistry openConnections(KennelServerProperties limits, RequestBodyTimeout bodyTimeout) {
		return new ConnectionRegistry(limits, bodyTimeout.value());
	}

	/** A parsed body takes several times the memory of its bytes. */
	@Bean
	MemoryPermits requestMemory() {
		return MemoryPermits.ofHeap(16);
	}

	@Bean
	ServerResources serverResources(ErrorBodies errors, @Qualifier("requestMemory") MemoryPermits requestMemory,
			KennelServerProperties limits, RequestBodyTimeout bodyTimeout, PendingRequestBodies pendingBodies,
			ServerProperties server, HttpMeters meters, ObjectProvider<Tracer> tracer,
			ObjectProvider<ContextPropagators> propagators) {
		ClientAddresses addresses = new ClientAddresses(
				server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.NATIVE,
				limits.trustedProxies());
		return new ServerResources(errors, addresses,
				new RequestPermits(limits.maxConcurrentRequests(), limits.connections()), requestMemory,
				MemoryPermits.ofHeap(8), bodyTimeout.value(), limits.sendTimeout(), pendingBodies, meters,
				limits.accessLog() ? new AccessLog() : null, httpTracer(tracer.getIfAvailable(), propagators));
	}

	@Bean
	RequestDispatcher requestDispatcher(ObjectProvider<RouteTable> routes, ObjectProvider<RequestFilter> filters,
			CorsPolicy cors, ServerProperties server, ServerResources resources) {
		return new RequestDispatcher(routes.orderedStream().flatMap((some) -> some.values().stream()).toList(),
				filters.orderedStream().toList(), cors, maxHeaderSize(server), resources);
	}

	private static int maxHeaderSize(ServerProperties server) {
		return Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes());
	}

	private static @Nullable HttpTracer httpTracer(@Nullable Tracer tracer,
			ObjectProvider<ContextPropagators> propagators) {
		return (tracer != null) ? new HttpTracer(tracer, propagators.getObject().getTextMapPropagator()) : null;
	}

	@Bean
	HttpMeters httpMeters() {
		return new HttpMeters();
	}

	@Bean
	ServerMeters serverMeters(ConnectionRegistry connections, ServerResources resources) {
		return new ServerMeters(connections, resources.permits());
	}

	/** Always present; without a port, it does not start a server. */
	@Bean
	ManagementServer managementServer(ManagementServerProperties settings, ObjectProvider<ManagementRouteTable> routes,
			ReactorResourceFactory resources, ErrorBodies errors, RequestBodyTimeout bodyTimeout,
			ServerProperties server) {
		return new ManagementServer(settings, routes, resources, errors, bodyTimeout.value(), maxHeaderSize(server));
	}

	/** Matches all requests before Spring Boot's adapted handler. */
	@Bean
	NettyRouteProvider requests(RequestDispatcher dispatcher) {
		return (routes) -> routes.route((request) -> true, dispatcher);
	}

	/** Required by Spring Boot to start the server. */
	@Bean
	HttpHandler httpHandler() {
		return (request, response) -> Mono.error(new IllegalStateException("A request was not dispatched"));
	}

	/** Runs after Spring Boot's own customizer, which applies the settings. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> nettyOfKennel(ConnectionRegistry connections,
			@Qualifier("requestMemory") MemoryPermits requestMemory, ServerProperties server) {
		ConnectionInitializer initializer = new ConnectionInitializer(connections, requestMemory,
				maxHeaderSize(server));
		return (factory) -> {
			// Reactor Netty would trust the headers of any client.
			factory.setUseForwardHeaders(false);
			if (!Ssl.isEnabled(factory.getSsl())) {
				// Without TLS, HTTP/2 is negotiated by an upgrade. Proxies that forward
				// the upgrade can be bypassed (h2c smuggling).
				factory.setHttp2(null);
			}
			factory.addServerCustomizers(initializer);
		};
	}

}
