package dev.kennel.session.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.embedded.PrivateFiles;
import dev.kennel.secret.DerivedKeys;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.Locator;
import io.jsonwebtoken.UnsupportedJwtException;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.Keys;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The signing keys of access tokens: those of the configuration or, if there are none and
 * the database is embedded, one that is generated on the first start and stored beside
 * the data.
 */
@Component
class SigningKeySet implements DerivedKeys {

	private static final int SECRET_BYTES = 32;

	/**
	 * Of 32 random bytes, more than 16 are distinct but for one case in a trillion.
	 * Repetitive texts have fewer.
	 */
	private static final int DISTINCT_BYTES = 12;

	/** Matches texts of placeholders. */
	private static final Pattern PLACEHOLDER = Pattern
		.compile("change.?(me|this|it)|default|example|placeholder|insert.?your|your.?(secret|key)|password|123456789");

	private final Map<String, SigningKey> keys = new LinkedHashMap<>();

	private final SigningKey current;

	/**
	 * Reads the keys.
	 * @throws SigningKeyException if there is none and the database is not embedded, or
	 * if one is invalid
	 */
	SigningKeySet(AuthProperties properties, ObjectProvider<EmbeddedPostgresServer> embedded) {
		for (int i = 0; i < properties.keys().size(); i++) {
			SigningKey key = read(i, properties.keys().get(i));
			this.keys.put(key.id(), key);
		}
		EmbeddedPostgresServer server = embedded.getIfAvailable();
		if (this.keys.isEmpty()) {
			if (server == null) {
				throw new SigningKeyException("kennel.auth.keys is empty", 0, SigningAlgorithm.HS256);
			}
			SigningKey key = embeddedKey(server.directory().resolve("signing-key"));
			this.keys.put(key.id(), key);
		}
		this.current = this.keys.values().iterator().next();
	}

	private static SigningKey read(int index, AuthProperties.Key key) {
		boolean symmetric = key.algorithm() == SigningAlgorithm.HS256;
		String member = symmetric ? "secret" : "private-key";
		String value = symmetric ? key.secret() : key.privateKey();
		String other = symmetric ? key.privateKey() : key.secret();
		if (StringUtils.hasText(other)) {
			throw invalidKey(index, key, "has a " + (symmetric ? "private-key" : "secret") + ", but its algorithm is "
					+ key.algorithm().headerName() + ", which needs a " + member);
		}
		if (value == null || value.isBlank()) {
			throw invalidKey(index, key, "has no " + member);
		}
		return symmetric ? secret(index, key, value) : privateKey(index, key, value);
	}

	private static SigningKey secret(int index, AuthProperties.Key key, String value) {
		byte[] bytes;
		try {
			bytes = Base64.getDecoder().decode(value.strip());
		}
		catch (IllegalArgumentException ex) {
			throw invalidKey(index, key, "has a secret that is not base64");
		}
		if (bytes.length < SECRET_BYTES) {
			throw invalidKey(index, key, "has a secret of " + 8 * bytes.length + " bits");
		}
		if (isGuessable(value, bytes)) {
			throw invalidKey(index, key, "has a secret that is not random, but a default or a placeholder");
		}
		SecretKey secret = Keys.hmacShaKeyFor(bytes);
		return new SigningKey(key.id(), key.algorithm(), secret, secret);
	}

	private static boolean isGuessable(String value, byte[] bytes) {
		long distinct = IntStream.range(0, bytes.length).map((i) -> bytes[i]).distinct().count();
		return distinct < DISTINCT_BYTES || PLACEHOLDER.matcher(value.toLowerCase(Locale.ROOT)).find()
				|| PLACEHOLDER.matcher(new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT)).find();
	}

	private static SigningKey privateKey(int index, AuthProperties.Key key, String value) {
		PrivateKey privateKey;
		PublicKey publicKey;
		try {
			// An environment variable may have line breaks as the two characters \n.
			PrivateKey read = PemContent.of(value.replace("\\n", "\n")).getPrivateKey();
			if (read == null) {
				throw invalidKey(index, key, "has a private-key without a key in it");
			}
			privateKey = read;
			publicKey = Jwks.builder().<PublicKey, PrivateKey>key(privateKey).build().toPublicJwk().toKey();
		}
		catch (IllegalStateException | IllegalArgumentException | JwtException ex) {
			// The exception's message may quote the key.
			throw invalidKey(index, key, "has a private-key that can't be read");
		}
		if (!key.algorithm().fits(publicKey)) {
			throw invalidKey(index, key, "has a private-key of another algorithm or length");
		}
		return new SigningKey(key.id(), key.algorithm(), privateKey, publicKey);
	}

	private static SigningKeyException invalidKey(int index, AuthProperties.Key key, String fault) {
		return new SigningKeyException("The key " + key.id() + " (kennel.auth.keys[" + index + "]) " + fault, index,
				key.algorithm());
	}

	private static SigningKey embeddedKey(Path file) {
		try {
			String secret = PrivateFiles.readOrCreate(file,
					() -> Base64.getEncoder().encodeToString(Jwts.SIG.HS256.key().build().getEncoded()));
			SecretKey key = Keys.hmacShaKeyFor(Base64.getDecoder().decode(secret));
			return new SigningKey("embedded", SigningAlgorithm.HS256, key, key);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The signing key in " + file + " can't be read or made", ex);
		}
	}

	/** Returns the key that signs. */
	SigningKey current() {
		return this.current;
	}

	/** Returns the key of an id, or null if there is none. */
	@Nullable SigningKey find(String id) {
		return this.keys.get(id);
	}

	/**
	 * Returns the locator of the key that verifies a token. The key determines the
	 * algorithm, never the token's {@code alg}.
	 * @param type the required {@code typ}: a token of one purpose is invalid for another
	 */
	Locator<Key> verifying(String type) {
		return (header) -> {
			if (header instanceof JwsHeader signed && signed.getKeyId() != null && type.equals(signed.getType())) {
				SigningKey key = find(signed.getKeyId());
				if (key != null && key.algorithm().headerName().equals(signed.getAlgorithm())) {
					return key.verifying();
				}
			}
			throw new UnsupportedJwtException("No key for this token");
		};
	}

	@Override
	public String currentId() {
		return this.current.id();
	}

	/**
	 * Derives a key by HKDF, so that what is known of one purpose tells nothing of
	 * another, or of the signing key.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869, HKDF</a>
	 */
	@Override
	public @Nullable SecretKey derive(String id, String purpose) {
		SigningKey key = find(id);
		if (key == null) {
			return null;
		}
		try {
			AlgorithmParameterSpec parameters = HKDFParameterSpec.ofExtract()
				.addIKM(key.signing().getEncoded())
				.thenExpand(purpose.getBytes(StandardCharsets.UTF_8), SECRET_BYTES);
			return KDF.getInstance("HKDF-SHA256").deriveKey("AES", parameters);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns all keys, in the order of the configuration. */
	Collection<SigningKey> all() {
		return this.keys.values();
	}

}
