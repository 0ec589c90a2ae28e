package dev.kennel.graphql.websocket;

import dev.kennel.graphql.stream.AllowedOrigins;
import dev.kennel.graphql.stream.HandshakeCaller;
import dev.kennel.graphql.stream.StreamProperties;
import jakarta.servlet.ServletContext;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** Puts WebSockets together. */
@Configuration(proxyBeanMethods = false)
class WebSocketConfiguration {

	/**
	 * Answers handshakes. Clients that are no browser have no origin, and may in any
	 * case.
	 */
	@Bean
	WebSocketHttpRequestHandler graphQlWebSocket(GraphQlWebSockets webSockets, StreamProperties properties,
			AllowedOrigins allowedOrigins, ServletContext servletContext) {
		WebSocketHttpRequestHandler requestHandler = new WebSocketHttpRequestHandler(
				new ServletWebSocketHandler(webSockets, properties), new DefaultHandshakeHandler());
		requestHandler.getHandshakeInterceptors().add(new OriginHandshakeInterceptor(allowedOrigins.values()));
		requestHandler.getHandshakeInterceptors().add(new HandshakeCaller());
		requestHandler.setServletContext(servletContext);
		return requestHandler;
	}

}
