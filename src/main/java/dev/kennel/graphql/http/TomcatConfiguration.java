package dev.kennel.graphql.http;

import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;

import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
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

	/**
	 * What is written to a connection at once. A page of twenty owners with their dogs is
	 * larger than Tomcat's own 8 kB.
	 */
	private static final int WRITE_BUFFER = 32 * 1024;

	@Bean
	RequestThreads requestThreads(TomcatServerProperties tomcat) {
		return new RequestThreads(tomcat.getThreads().getMax());
	}

	/** After Boot's own, which sets what is configured. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatOfKennel(HttpProperties limits,
			TomcatServerProperties tomcat, RequestThreads threads) {
		BodyRest rest = new BodyRest(limits.bodyTimeout(), tomcat.getMaxSwallowSize().toBytes());
		return (factory) -> {
			factory.addConnectorCustomizers((connector) -> {
				connector.setProperty("socket.appWriteBufSize", String.valueOf(WRITE_BUFFER));
				if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
					protocol.setExecutor(threads);
					// How long one piece of a body may take; all of them together are
					// watched by who reads it.
					protocol.setDisableUploadTimeout(false);
					protocol.setConnectionUploadTimeout(Math.toIntExact(limits.bodyTimeout().toMillis()));
				}
			});
			factory.addContextCustomizers((context) -> {
				if (context.getParent() instanceof StandardHost host) {
					host.setErrorReportValveClass(null);
					host.getPipeline().addValve(new NextRequestValve(threads, rest));
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
