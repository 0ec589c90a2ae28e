package dev.kennel.session.token;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SecureDigestAlgorithm;

/**
 * The signing algorithms of access tokens.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7518#section-3.1">RFC 7518, section
 * 3.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8037#section-3.1">RFC 8037, section
 * 3.1</a>
 */
enum SigningAlgorithm {

	/** HMAC with SHA-256: a verifier can also sign. */
	HS256("HS256", Jwts.SIG.HS256, "a secret of at least 256 bits", "openssl rand -base64 32"),

	/** RSA of at least 2,048 bits with SHA-256. */
	RS256("RS256", Jwts.SIG.RS256, "an RSA key of at least 2,048 bits",
			"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"),

	/** ECDSA over P-256 with SHA-256. */
	ES256("ES256", Jwts.SIG.ES256, "a key of the curve P-256",
			"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"),

	/** Ed25519. */
	EDDSA("EdDSA", Jwts.SIG.EdDSA, "an Ed25519 key", "openssl genpkey -algorithm ed25519");

	private static final int P256_BITS = 256;

	private static final int MIN_RSA_BITS = 2_048;

	private final String headerName;

	private final SecureDigestAlgorithm<?, ?> signature;

	private final String keyDescription;

	private final String keyCommand;

	SigningAlgorithm(String headerName, SecureDigestAlgorithm<?, ?> signature, String keyDescription,
			String keyCommand) {
		this.headerName = headerName;
		this.signature = signature;
		this.keyDescription = keyDescription;
		this.keyCommand = keyCommand;
	}

	/** Returns the {@code alg} of its tokens. */
	String headerName() {
		return this.headerName;
	}

	SecureDigestAlgorithm<?, ?> signature() {
		return this.signature;
	}

	/** Returns a description of the keys that it requires. */
	String keyDescription() {
		return this.keyDescription;
	}

	/** Returns the command that generates a key. */
	String keyCommand() {
		return this.keyCommand;
	}

	/** Returns whether a public key is of this algorithm, and long enough. */
	boolean fits(PublicKey key) {
		return switch (this) {
			case HS256 -> false;
			case RS256 -> key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS;
			case ES256 ->
				key instanceof ECPublicKey ec && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS
						&& ec.getParams().toString().contains("secp256r1");
			case EDDSA -> key instanceof EdECPublicKey ed && "Ed25519".equals(ed.getParams().getName());
		};
	}

}
