package dev.kennel.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.kennel.database.EmbeddedPostgresServer;
import dev.kennel.database.PrivateFiles;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.jsonwebtoken.security.WeakKeyException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The keys that access tokens are signed with: those of the configuration, or, where the
 * store is the embedded one and there are none, one that is made on the first start and
 * kept beside the data.
 */
@Component
class SigningKeys {

	private final Map<String, SigningKey> keys = new LinkedHashMap<>();

	private final SigningKey current;

	/**
	 * Reads the keys.
	 * @throws SigningKeyMissingException if there is none, and the store is not the
	 * embedded one
	 */
	SigningKeys(AuthProperties properties, ObjectProvider<EmbeddedPostgresServer> embedded) {
		properties.keys().forEach((key) -> this.keys.put(key.id(), read(key)));
		EmbeddedPostgresServer server = embedded.getIfAvailable();
		if (this.keys.isEmpty()) {
			if (server == null) {
				throw new SigningKeyMissingException("kennel.auth.keys is empty");
			}
			SigningKey key = own(server.directory().resolve("signing-key"));
			this.keys.put(key.id(), key);
		}
		this.current = this.keys.values().iterator().next();
	}

	private static SigningKey read(AuthProperties.Key key) {
		if (!StringUtils.hasText(key.secret())) {
			throw new SigningKeyMissingException("The key " + key.id() + " has no secret");
		}
		try {
			return new SigningKey(key.id(), Keys.hmacShaKeyFor(Base64.getDecoder().decode(key.secret())));
		}
		catch (WeakKeyException ex) {
			throw new SigningKeyMissingException("The secret of the key " + key.id() + " has fewer than 256 bits");
		}
		catch (IllegalArgumentException ex) {
			throw new SigningKeyMissingException("The secret of the key " + key.id() + " is not base64");
		}
	}

	private static SigningKey own(Path file) {
		try {
			String secret = PrivateFiles.readOrCreate(file,
					() -> Base64.getEncoder().encodeToString(Jwts.SIG.HS256.key().build().getEncoded()));
			return new SigningKey("embedded", Keys.hmacShaKeyFor(Base64.getDecoder().decode(secret)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The signing key in " + file + " can't be read or made", ex);
		}
	}

	/** The key that signs. */
	SigningKey current() {
		return this.current;
	}

	/** The key that a token names, or null if there is none of that name. */
	@Nullable SigningKey find(String id) {
		return this.keys.get(id);
	}

}
