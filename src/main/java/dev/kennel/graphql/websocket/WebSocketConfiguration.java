package dev.kennel.graphql.websocket;

import dev.kennel.graphql.stream.AllowedOrigins;
import dev.kennel.graphql.stream.CallerTokens;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.server.RequestHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts WebSockets together. */
@Configuration(proxyBeanMethods = false)
class WebSocketConfiguration {

	@Bean
	RequestHandler graphQlWebSocket(GraphQlWebSockets webSockets, CallerTokens tokens, StreamProperties properties,
			AllowedOrigins allowedOrigins) {
		return new WebSocketEndpoint(webSockets, tokens, properties, allowedOrigins);
	}

}
