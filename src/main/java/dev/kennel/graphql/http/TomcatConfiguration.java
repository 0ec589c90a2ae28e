package dev.kennel.graphql.http;

import org.apache.catalina.core.StandardHost;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What the HTTP server does before, and instead of, Kennel. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

	/** After Boot's own, which sets what is configured. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatOfKennel() {
		return (factory) -> {
			factory.addContextCustomizers((context) -> {
				if (context.getParent() instanceof StandardHost host) {
					host.setErrorReportValveClass(null);
					host.getPipeline().addValve(new ErrorValve());
				}
			});
			if (!Ssl.isEnabled(factory.getSsl())) {
				// In the clear it would be an upgrade, which proxies can be made to pass
				// on and then do not understand: a way past them.
				factory.setHttp2(null);
			}
		};
	}

}
