package dev.kennel.server;

import java.time.Duration;

import dev.kennel.concurrency.EventLoops;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
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
 * Puts Kennel's handlers into Spring Boot's Reactor Netty server, which has its settings
 * under {@code server}. Spring Boot's auto-configuration of it asks for WebFlux, of which
 * nothing else would be used.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ ServerLimitProperties.class, NettyServerProperties.class,
		ManagementServerProperties.class })
@Import(ReactiveWebServerConfiguration.class)
class ServerConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ServerConfiguration.class);

	/**
	 * What is read at once. Many small requests sent ahead are no more than this ahead.
	 */
	private static final int MAX_READ = 16 * 1024;

	private static final int FIRST_READ = 2 * 1024;

	/**
	 * What the operating system keeps of a response that is not read: it would keep
	 * megabytes for each connection.
	 */
	private static final int SEND_BUFFER = 256 * 1024;

	/** What the codec reads beyond the limit, so that the refusal knows the headers. */
	private static final int HEADROOM = 8 * 1024;

	private static final int MAX_STREAMS = 100;

	/** Of connections that are not accepted yet. */
	private static final int BACKLOG = 1024;

	/**
	 * The event loops are those on which rows arrive, so that a query is answered on the
	 * loop of its connection. What may block has threads of its own.
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
	ConnectionRegistry openConnections(ServerLimitProperties limits, RequestBodyTimeout bodyTimeout) {
		return new ConnectionRegistry(limits, bodyTimeout.value());
	}

	/** What is made of a body takes several times as much. */
	@Bean
	MemoryPermits requestMemory() {
		return MemoryPermits.ofHeap(16);
	}

	@Bean
	RequestDispatcher requestDispatcher(ObjectProvider<Routes> routes, ObjectProvider<RequestFilter> filters,
			CorsPolicy cors, ErrorBodies errors, @Qualifier("requestMemory") MemoryPermits requestMemory,
			ServerLimitProperties limits, RequestBodyTimeout bodyTimeout, PendingRequestBodies pendingBodies,
			ServerProperties server, HttpMeters meters) {
		ClientAddresses addresses = new ClientAddresses(
				server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.NATIVE,
				limits.trustedProxies());
		return new RequestDispatcher(routes.orderedStream().flatMap((some) -> some.values().stream()).toList(),
				filters.orderedStream().toList(), cors, errors, addresses,
				new RequestPermits(limits.maxConcurrentRequests(), limits.connections()), MemoryPermits.ofHeap(16),
				MemoryPermits.ofHeap(8), bodyTimeout.value(), limits.sendTimeout(), pendingBodies,
				Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()), meters,
				limits.accessLog() ? new AccessLog() : null);
	}

	@Bean
	HttpMeters httpMeters() {
		return new HttpMeters();
	}

	@Bean
	ServerMeters serverMeters(ConnectionRegistry connections, RequestDispatcher dispatcher) {
		return new ServerMeters(connections, dispatcher.permits());
	}

	/** Is there whatever the settings are; without a port, it serves nothing. */
	@Bean
	ManagementServer managementServer(ManagementServerProperties settings, ObjectProvider<ManagementRoutes> routes,
			ReactorResourceFactory resources, ErrorBodies errors, RequestBodyTimeout bodyTimeout,
			ServerProperties server) {
		return new ManagementServer(settings, routes, resources, errors, bodyTimeout.value(),
				Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()));
	}

	/** Before the handler that Spring Boot would adapt, which then sees nothing. */
	@Bean
	NettyRouteProvider requests(RequestDispatcher dispatcher) {
		return (routes) -> routes.route((request) -> true, dispatcher);
	}

	/** Spring Boot starts no server without one. */
	@Bean
	HttpHandler httpHandler() {
		return (request, response) -> Mono.error(new IllegalStateException("A request has passed its handler"));
	}

	/** After Boot's own, which sets what is configured. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> nettyOfKennel(ConnectionRegistry connections,
			@Qualifier("requestMemory") MemoryPermits requestMemory, ServerProperties server) {
		int maxHeaderSize = Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes());
		return (factory) -> {
			// Reactor Netty would believe any client.
			factory.setUseForwardHeaders(false);
			if (!Ssl.isEnabled(factory.getSsl())) {
				// In the clear it would be an upgrade, which proxies can be made to pass
				// on and then do not understand: a way past them.
				factory.setHttp2(null);
			}
			factory.addServerCustomizers((http) -> customize(http, connections, requestMemory, maxHeaderSize));
		};
	}

	static HttpServer customize(HttpServer server, ConnectionRegistry connections, MemoryPermits memory,
			int maxHeaderSize) {
		return server
			.httpRequestDecoder((decoder) -> decoder.maxInitialLineLength(maxHeaderSize + HEADROOM)
				.maxHeaderSize(maxHeaderSize + HEADROOM)
				.h2cMaxContentLength(0))
			.http2Settings((settings) -> settings.maxConcurrentStreams(MAX_STREAMS).maxHeaderListSize(maxHeaderSize))
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, FIRST_READ, MAX_READ))
			.doOnChannelInit((observer, channel, address) -> watch(channel,
					new ConnectionHandler(connections, memory, channel)));
	}

	private static void watch(Channel channel, ConnectionHandler connection) {
		if (!insert(channel.pipeline(), connection)) {
			// TLS: which codec there is will have been agreed on with the handshake.
			channel.pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, "kennel.handshake", new AfterHandshake(connection));
		}
	}

	/** Puts a handler around the codec, if there is one. */
	private static boolean insert(ChannelPipeline pipeline, ConnectionHandler connection) {
		if (pipeline.get(NettyPipeline.HttpCodec) == null) {
			return false;
		}
		pipeline.addBefore(NettyPipeline.HttpCodec, "kennel.undecoded", connection.new Undecoded());
		pipeline.addAfter(NettyPipeline.HttpCodec, "kennel.connection", connection);
		if (pipeline.get(Http2FrameCodec.class) != null) {
			pipeline.addLast("kennel.failures", new Http2Failures());
		}
		return true;
	}

	/**
	 * The codec of HTTP/2 has closed the connection, or its client has. Netty would warn
	 * of it.
	 */
	private static final class Http2Failures extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			logger.debug("A connection of HTTP/2 has failed", failure);
		}

	}

	/** Waits until the pipeline is complete. */
	private static final class AfterHandshake extends ChannelInboundHandlerAdapter {

		private final ConnectionHandler handler;

		AfterHandshake(ConnectionHandler handler) {
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
