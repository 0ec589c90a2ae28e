package dev.kennel.graphql.http;

import java.util.Set;

import dev.kennel.graphql.limit.IntrospectionProperties;
import dev.kennel.graphql.limit.LimitProperties;
import dev.kennel.graphql.operation.OperationHandler;
import dev.kennel.graphql.sse.EventStreamResponder;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.ErrorBodies;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;
import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;
import dev.kennel.server.header.CorsPolicy;
import dev.kennel.server.limit.RequestBodyTimeout;
import dev.kennel.web.WebProperties;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.http.HttpHeaders;

/** Registers the GraphQL over HTTP transport with the server. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ HttpProperties.class, BatchingProperties.class })
class HttpConfiguration {

	/** The response headers that cross-origin pages may read. */
	private static final String EXPOSED_HEADERS = String.join(", ", HttpExchange.REQUEST_ID, HttpHeaders.ETAG,
			HttpHeaders.RETRY_AFTER, "RateLimit", "RateLimit-Policy");

	@Bean
	RouteTable graphQlRoutes(OperationHandler handler, @Qualifier("graphQlWebSocket") RequestHandler webSocket,
			EventStreamResponder eventStreams, RequestAuthenticator authenticator, LimitProperties limits,
			BatchingProperties batching, HttpProperties http, GraphQlSource source,
			IntrospectionProperties introspection) {
		// A separate mapper: settings under spring.jackson must not change the protocol.
		ResponseWriter writer = new ResponseWriter(new JsonMapper(), http);
		GraphQlEndpoint endpoint = new GraphQlEndpoint(handler, webSocket, eventStreams, authenticator,
				new RequestReader(limits, batching), writer, http.statusCodes(), limits);
		return RouteTable.of(Route.any(GraphQlEndpoint.PATH, endpoint),
				Route.get(GraphQlEndpoint.PATH + "/schema.graphql",
						new SchemaDocument(source.schema(), introspection.introspection())));
	}

	@Bean
	ErrorBodies errorBodies() {
		return new GraphQlErrorBodies();
	}

	@Bean
	RequestBodyTimeout requestBodyTimeout(LimitProperties limits) {
		return new RequestBodyTimeout(limits.bodyTimeout());
	}

	@Bean
	CorsPolicy corsPolicy(WebProperties web, RequestAuthenticator authenticator) {
		return new CorsPolicy(GraphQlEndpoint.PATH, Set.copyOf(web.cors().allowedOrigins()),
				authenticator.usesCookies(), EXPOSED_HEADERS);
	}

}
