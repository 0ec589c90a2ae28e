package dev.kennel.session;

import java.time.Clock;

import dev.kennel.graphql.http.WebProperties;
import dev.kennel.server.RequestFilter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Configures authentication. Authorization is per field, by the parameters of the
 * controller methods. The transports authenticate requests; with cookies, a filter
 * refuses cross-site requests. There is no HTTP session.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuthProperties.class)
@EnableScheduling
class SecurityConfiguration {

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	/** Defined for all settings; null unless tokens are in cookies. */
	@Bean
	@Nullable RequestFilter csrfFilter(AuthProperties properties, WebProperties web) {
		return (properties.driver() == AuthProperties.Driver.COOKIE)
				? new CsrfFilter(new CsrfCheck(web.trustedOrigins())) : null;
	}

	/**
	 * Refuses Spring Boot's other strategy for a client's address behind a proxy, which
	 * trusts the header of every peer.
	 */
	@Bean
	InitializingBean forwardHeadersCheck(ServerProperties server) {
		return () -> {
			if (server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.FRAMEWORK) {
				throw new UnsafeSettingException(
						"server.forward-headers-strategy=framework takes a client's address from anybody who sends it",
						"Set server.forward-headers-strategy=native, and, unless your proxies have private addresses, "
								+ "kennel.server.trusted-proxies to theirs.");
			}
		};
	}

	@Bean
	TokenTransport tokenTransport(AuthProperties properties, WebProperties web, Clock clock) {
		if (properties.driver() == AuthProperties.Driver.JWT) {
			return new PayloadTokenTransport();
		}
		if (!properties.cookieSecure() && !web.isPlainLocalhost()) {
			throw new UnsafeSettingException(
					"kennel.auth.cookie-secure=false sends the tokens of " + web.origin() + " in the clear",
					"Leave kennel.auth.cookie-secure at true, and serve Kennel over TLS. It can be off only while "
							+ "kennel.web.base-url is a http URL of localhost.");
		}
		return new CookieTokenTransport(properties.cookieSecure(), clock);
	}

}
