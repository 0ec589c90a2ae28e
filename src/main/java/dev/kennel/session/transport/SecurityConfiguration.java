package dev.kennel.session.transport;

import java.time.Clock;

import dev.kennel.server.RequestFilter;
import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.session.TokenTransport;
import dev.kennel.session.token.AuthProperties;
import dev.kennel.web.WebProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures authentication. Authorization is per field, by the parameters of the
 * controller methods. The transports authenticate requests; with cookies, a filter
 * refuses cross-site requests. There is no HTTP session.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuthProperties.class)
class SecurityConfiguration {

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	/** Defined for all settings; null unless tokens are in cookies. */
	@Bean
	@Nullable RequestFilter csrfFilter(AuthProperties properties, WebProperties web) {
		return (properties.driver() == AuthProperties.Driver.COOKIE)
				? new CsrfFilter(new CsrfPolicy(web.trustedOrigins())) : null;
	}

	/**
	 * Refuses Spring Boot's other strategy for a client's address behind a proxy, which
	 * trusts the header of every peer, and forwarded headers without a trusted proxy: all
	 * clients would share the proxy's address.
	 */
	@Bean
	InitializingBean forwardHeadersCheck(ServerProperties server, KennelServerProperties limits) {
		return () -> {
			if (server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.FRAMEWORK) {
				throw new UnsafeSettingException(
						"server.forward-headers-strategy=framework trusts the X-Forwarded-For of every client",
						"Set server.forward-headers-strategy=native, and kennel.server.trusted-proxies to the addresses "
								+ "of your proxies.");
			}
			if (server.getForwardHeadersStrategy() == ServerProperties.ForwardHeadersStrategy.NATIVE
					&& limits.trustedProxies().isEmpty()) {
				throw new UnsafeSettingException(
						"server.forward-headers-strategy=native trusts the X-Forwarded-For of configured proxies only, and "
								+ "kennel.server.trusted-proxies is empty",
						"Set kennel.server.trusted-proxies to the addresses of your proxies, or to a network in CIDR "
								+ "notation that has proxies and no clients.");
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
