package dev.kennel.graphql.http;

import java.util.List;

import dev.kennel.graphql.stream.AllowedOrigins;
import dev.kennel.graphql.stream.EventStreams;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.ExecutionGraphQlService;
import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.web.HttpRequestHandler;

/**
 * Puts the transport where Spring Boot would put Spring GraphQL's own, which is excluded
 * in {@code application.yaml}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ HttpProperties.class, WebProperties.class })
class HttpConfiguration {

	@Bean
	WebGraphQlHandler webGraphQlHandler(ExecutionGraphQlService service,
			ObjectProvider<WebGraphQlInterceptor> interceptors) {
		return WebGraphQlHandler.builder(service).interceptors(interceptors.orderedStream().toList()).build();
	}

	/**
	 * Behind a proxy that ends TLS, nothing of a request says that its page's origin is
	 * the service's own.
	 */
	@Bean
	AllowedOrigins allowedOrigins(WebProperties web) {
		return new AllowedOrigins(List.of(web.origin()));
	}

	@Bean
	ServletRegistrationBean<GraphQlServlet> graphQlServlet(WebGraphQlHandler handler,
			@Qualifier("graphQlWebSocket") HttpRequestHandler webSocket, EventStreams eventStreams,
			HttpProperties limits) {
		// A mapper of its own: what a user configures under spring.jackson must not
		// change the protocol.
		ServletRegistrationBean<GraphQlServlet> registration = new ServletRegistrationBean<>(
				new GraphQlServlet(handler, webSocket, eventStreams, new JsonMapper(), limits), "/graphql");
		registration.setName("graphql");
		return registration;
	}

}
