package dev.kennel.server;

import java.time.Duration;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.server.connection.ConnectionHandler;
import dev.kennel.server.connection.ConnectionRegistry;
import dev.kennel.server.header.ClientAddresses;
import dev.kennel.server.header.CorsPolicy;
import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.server.limit.MemoryPermits;
import dev.kennel.server.limit.RequestBodyTimeout;
import dev.kennel.server.limit.RequestPermits;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

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

	private static final Logger logger = LoggerFactory.getLogger(ServerConfiguration.class);

	/**
	 * The maximum number of bytes of one read. Also bounds the size of small pipelined
	 * requests.
	 */
	private static final int MAX_READ_BUFFER = 16 * 1024;

	private static final int INITIAL_READ_BUFFER = 2 * 1024;

	/**
	 * The socket's send buffer. The operating system's default would buffer megabytes per
	 * connection for clients that do not read.
	 */
	private static final int SEND_BUFFER = 256 * 1024;

	/**
	 * The bytes that the codec decodes beyond the limit, so that the error response can
	 * evaluate the headers.
	 */
	private static final int DECODER_HEADROOM = 8 * 1024;

	private static final int MAX_CONCURRENT_STREAMS = 100;

	/** The backlog of connections that are not accepted yet. */
	private static final int BACKLOG = 1024;

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
	RequestDispatcher requestDispatcher(ObjectProvider<Routes> routes, ObjectProvider<RequestFilter> filters,
			CorsPolicy cors, ErrorBodies errors, @Qualifier("requestMemory") MemoryPermits requestMemory,
			KennelServerProperties limits, RequestBodyTimeout bodyTimeout, PendingRequestBodies pendingBodies,
			ServerProperties server, HttpMeters meters, ObjectProvider<Tracer> tracer,
			ObjectProvider<ContextPropagators> propagators) {
		ClientAddresses addresses = new ClientAddresses(
				server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.NATIVE,
				limits.trustedProxies());
		return new RequestDispatcher(routes.orderedStream().flatMap((some) -> some.values().stream()).toList(),
				filters.orderedStream().toList(), cors, errors, addresses,
				new RequestPermits(limits.maxConcurrentRequests(), limits.connections()), requestMemory,
				MemoryPermits.ofHeap(8), bodyTimeout.value(), limits.sendTimeout(), pendingBodies,
				Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()), meters,
				limits.accessLog() ? new AccessLog() : null, httpTracer(tracer.getIfAvailable(), propagators));
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
	ServerMeters serverMeters(ConnectionRegistry connections, RequestDispatcher dispatcher) {
		return new ServerMeters(connections, dispatcher.permits());
	}

	/** Always present; without a port, it does not start a server. */
	@Bean
	ManagementServer managementServer(ManagementServerProperties settings, ObjectProvider<ManagementRoutes> routes,
			ReactorResourceFactory resources, ErrorBodies errors, RequestBodyTimeout bodyTimeout,
			ServerProperties server) {
		return new ManagementServer(settings, routes, resources, errors, bodyTimeout.value(),
				Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()));
	}

	/** Matches all requests before Spring Boot's adapted handler. */
	@Bean
	NettyRouteProvider requests(RequestDispatcher dispatcher) {
		return (routes) -> routes.route((request) -> true, dispatcher);
	}

	/** Required by Spring Boot to start the server. */
	@Bean
	HttpHandler httpHandler() {
		return (request, response) -> Mono.error(new IllegalStateException("A request has passed its handler"));
	}

	/** Runs after Spring Boot's own customizer, which applies the settings. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> nettyOfKennel(ConnectionRegistry connections,
			@Qualifier("requestMemory") MemoryPermits requestMemory, ServerProperties server) {
		int maxHeaderSize = Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes());
		return (factory) -> {
			// Reactor Netty would trust the headers of any client.
			factory.setUseForwardHeaders(false);
			if (!Ssl.isEnabled(factory.getSsl())) {
				// Without TLS, HTTP/2 is negotiated by an upgrade. Proxies that forward
				// the upgrade can be bypassed (h2c smuggling).
				factory.setHttp2(null);
			}
			factory.addServerCustomizers((http) -> customize(http, connections, requestMemory, maxHeaderSize));
		};
	}

	static HttpServer customize(HttpServer server, ConnectionRegistry connections, MemoryPermits memory,
			int maxHeaderSize) {
		return server
			.httpRequestDecoder((decoder) -> decoder.maxInitialLineLength(maxHeaderSize + DECODER_HEADROOM)
				.maxHeaderSize(maxHeaderSize + DECODER_HEADROOM)
				.h2cMaxContentLength(0))
			.http2Settings((settings) -> settings.maxConcurrentStreams(MAX_CONCURRENT_STREAMS)
				.maxHeaderListSize(maxHeaderSize))
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR,
					new AdaptiveRecvByteBufAllocator(64, INITIAL_READ_BUFFER, MAX_READ_BUFFER))
			.doOnChannelInit((observer, channel, address) -> install(channel,
					new ConnectionHandler(connections, memory, channel)));
	}

	private static void install(Channel channel, ConnectionHandler connection) {
		if (!insert(channel.pipeline(), connection)) {
			// With TLS, the codec is negotiated during the handshake (ALPN).
			channel.pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, "kennel.handshake", new TlsHandshakeListener(connection));
		}
	}

	/** Inserts the handlers around the codec, if the codec is present. */
	private static boolean insert(ChannelPipeline pipeline, ConnectionHandler connection) {
		if (pipeline.get(NettyPipeline.HttpCodec) == null) {
			return false;
		}
		pipeline.addBefore(NettyPipeline.HttpCodec, "kennel.undecoded", connection.new UndecodedByteCounter());
		pipeline.addAfter(NettyPipeline.HttpCodec, "kennel.connection", connection);
		if (pipeline.get(Http2FrameCodec.class) != null) {
			pipeline.addLast("kennel.failures", new Http2FailureLogger());
		}
		return true;
	}

	/**
	 * Logs failures of HTTP/2 connections at debug level. Netty would log a warning.
	 */
	private static final class Http2FailureLogger extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			logger.debug("A connection of HTTP/2 has failed", failure);
		}

	}

	/** Inserts the handlers after the TLS handshake. */
	private static final class TlsHandshakeListener extends ChannelInboundHandlerAdapter {

		private final ConnectionHandler handler;

		TlsHandshakeListener(ConnectionHandler handler) {
			this.handler = handler;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()
					&& insert(ctx.pipeline(), this.handler)) {
				ctx.pipeline().remove(this);
			}
			ctx.fireUserEventTriggered(event);
		}

	}

}
