package dev.kennel.session.token;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;

import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Publishes the public keys of access tokens as a JSON Web Key Set. HMAC secrets are
 * never published.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7517#section-5">RFC 7517, section 5</a>
 */
@Configuration(proxyBeanMethods = false)
class JwksConfiguration {

	private static final String FIVE_MINUTES = "max-age=300, public";

	@Bean
	RouteTable jwksRoutes(SigningKeySet keys) {
		List<PublicJwk<?>> published = keys.all()
			.stream()
			.filter(SigningKey::isPublic)
			.<PublicJwk<?>>map(JwksConfiguration::describe)
			.toList();
		byte[] body = new JsonMapper().writeValueAsBytes(Map.of("keys", published));
		return RouteTable.of(Route.get("/.well-known/jwks.json", (exchange) -> {
			exchange.setHeader(HttpHeaders.CACHE_CONTROL, FIVE_MINUTES);
			exchange.respond(HttpStatus.OK.value(), MediaType.APPLICATION_JSON_VALUE, body);
		}));
	}

	private static PublicJwk<?> describe(SigningKey key) {
		return Jwks.builder()
			.<PublicKey, PrivateKey>key((PublicKey) key.verifying())
			.id(key.id())
			.algorithm(key.algorithm().headerName())
			.publicKeyUse("sig")
			.build();
	}

}
