package dev.kennel.graphql.http;

import java.util.Set;

import dev.kennel.graphql.execution.OperationHandler;
import dev.kennel.graphql.limit.IntrospectionProperties;
import dev.kennel.graphql.limit.LimitProperties;
import dev.kennel.graphql.stream.AllowedOrigins;
import dev.kennel.graphql.stream.EventStreams;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.filter.RequestContextFilter;

/**
 * Puts the transport where Spring Boot would put Spring GraphQL's own, which is excluded
 * in {@code application.yaml}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ HttpProperties.class, WebProperties.class, BatchingProperties.class,
		TransportProperties.class })
class HttpConfiguration {

	/** Where GraphQL is. */
	static final String PATH = "/graphql";

	/**
	 * One list for all that browsers ask about. Behind a proxy that ends TLS, nothing of
	 * a request says that its page's origin is the service's own.
	 */
	@Bean
	AllowedOrigins allowedOrigins(WebProperties web) {
		return new AllowedOrigins(web.trustedOrigins());
	}

	@Bean
	ServletRegistrationBean<GraphQlServlet> graphQlServlet(OperationHandler handler,
			@Qualifier("graphQlWebSocket") HttpRequestHandler webSocket, EventStreams eventStreams,
			HttpProperties limits, LimitProperties operationLimits, BatchingProperties batching,
			TransportProperties transport, RequestThreads threads) {
		// A mapper of its own: what a user configures under spring.jackson must not
		// change the protocol.
		AnswerWriter writer = new AnswerWriter(new JsonMapper(), transport);
		long maxDocumentSize = operationLimits.maxDocumentSize().toBytes();
		RequestReader reader = new RequestReader(limits, maxDocumentSize, batching, LargeBodies.ofHeap(), threads);
		ServletRegistrationBean<GraphQlServlet> registration = new ServletRegistrationBean<>(new GraphQlServlet(handler,
				webSocket, eventStreams, reader, writer, transport.statusCodes(), maxDocumentSize), PATH);
		registration.setName("graphql");
		return registration;
	}

	@Bean
	ServletRegistrationBean<SchemaServlet> schemaServlet(GraphQlSource source, IntrospectionProperties properties) {
		return new ServletRegistrationBean<>(new SchemaServlet(source.schema(), properties.introspection()),
				PATH + "/schema.graphql");
	}

	/**
	 * Spring Security's check of what a request looks like, less what is checked already:
	 * headers by Tomcat, whose text they are, and methods by who answers, with 405.
	 */
	@Bean
	HttpFirewall httpFirewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setUnsafeAllowAnyHttpMethod(true);
		firewall.setAllowedHeaderNames((name) -> true);
		firewall.setAllowedHeaderValues((value) -> true);
		return firewall;
	}

	/** Spring MVC has it for whoever does without its servlet; nobody here does. */
	@Bean
	FilterRegistrationBean<RequestContextFilter> noRequestContextFilter() {
		FilterRegistrationBean<RequestContextFilter> registration = new FilterRegistrationBean<>(
				new RequestContextFilter());
		registration.setEnabled(false);
		return registration;
	}

	@Bean
	FilterRegistrationBean<EdgeFilter> edgeFilter() {
		FilterRegistrationBean<EdgeFilter> registration = new FilterRegistrationBean<>(new EdgeFilter());
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		return registration;
	}

	@Bean
	FilterRegistrationBean<CrossOriginFilter> crossOriginFilter(WebProperties web, Environment environment) {
		boolean credentials = "cookie".equalsIgnoreCase(environment.getProperty("kennel.auth.driver"));
		FilterRegistrationBean<CrossOriginFilter> registration = new FilterRegistrationBean<>(
				new CrossOriginFilter(Set.copyOf(web.cors().allowedOrigins()), credentials));
		registration.addUrlPatterns(PATH, PATH + "/*");
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		registration.setEnabled(!web.cors().allowedOrigins().isEmpty());
		return registration;
	}

}
