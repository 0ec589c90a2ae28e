package dev.kennel.web;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the public URL of the service, and the origins that it trusts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebProperties.class)
class WebConfiguration {

	/**
	 * One list for WebSocket handshakes and CSRF checks. Behind a proxy that terminates
	 * TLS, a request does not show that its origin is the service's own.
	 */
	@Bean
	AllowedOrigins allowedOrigins(WebProperties web) {
		return new AllowedOrigins(web.trustedOrigins());
	}

}
