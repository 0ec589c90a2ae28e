package dev.kennel.graphql.stream;

import java.util.ArrayList;
import java.util.List;

import dev.kennel.graphql.execution.OperationHandler;
import jakarta.servlet.ServletContext;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** Puts the transports of streams together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StreamProperties.class)
class StreamConfiguration {

	@Bean
	WebSocketHttpRequestHandler graphQlWebSocket(OperationHandler operations, WebSocketCallers callers,
			StreamProperties properties, AllowedOrigins allowedOrigins, OpenStreams streams,
			ServletContext servletContext) {
		WebGraphQlHandler handler = WebGraphQlHandler
			.builder((request) -> Mono.fromSupplier(() -> operations.run((WebGraphQlRequest) request)))
			.interceptor(callers)
			.build();
		StreamWebSocketHandler webSocketHandler = new StreamWebSocketHandler(handler, new JsonMapper(), properties,
				allowedOrigins, streams);
		WebSocketHttpRequestHandler requestHandler = webSocketHandler
			.initWebSocketHttpRequestHandler(new DefaultHandshakeHandler());
		List<HandshakeInterceptor> interceptors = new ArrayList<>(requestHandler.getHandshakeInterceptors());
		interceptors.add(new HandshakeCaller());
		requestHandler.setHandshakeInterceptors(interceptors);
		requestHandler.setServletContext(servletContext);
		return requestHandler;
	}

	@Bean
	EventStreams eventStreams(OpenStreams streams, StreamProperties properties) {
		return new EventStreams(streams, properties, new JsonMapper());
	}

}
