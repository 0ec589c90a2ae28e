package dev.kennel.session;

import java.util.List;
import java.util.Map;

import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Publishes the keys that others may verify access tokens with. A secret that verifies
 * and signs is never among them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7517#section-5">RFC 7517, section 5</a>
 */
@RestController
class JwksController {

	private static final Duration MAX_AGE = Duration.ofMinutes(5);

	private final Map<String, List<PublicJwk<?>>> set;

	JwksController(SigningKeys keys) {
		this.set = Map.of("keys",
				keys.all().stream().filter(SigningKey::isPublic).<PublicJwk<?>>map(JwksController::describe).toList());
	}

	private static PublicJwk<?> describe(SigningKey key) {
		return Jwks.builder()
			.<PublicKey, PrivateKey>key((PublicKey) key.verifying())
			.id(key.id())
			.algorithm(key.algorithm().headerName())
			.publicKeyUse("sig")
			.build();
	}

	@GetMapping(path = "/.well-known/jwks.json", produces = "application/json")
	ResponseEntity<Map<String, List<PublicJwk<?>>>> jwks() {
		return ResponseEntity.ok().cacheControl(CacheControl.maxAge(MAX_AGE).cachePublic()).body(this.set);
	}

}
