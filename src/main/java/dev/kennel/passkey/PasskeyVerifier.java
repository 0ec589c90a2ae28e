package dev.kennel.passkey;

import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.EllipticCurve;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticatorTransport;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.data.attestation.authenticator.Curve;
import com.webauthn4j.data.attestation.authenticator.EC2COSEKey;
import com.webauthn4j.data.attestation.authenticator.EdDSACOSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Parses and verifies the registrations and assertions of authenticators, with
 * webauthn4j: the signature, the origin, the relying party, the challenge, the flags and
 * the counter. Attestation is neither requested nor evaluated.
 *
 * @see <a href="https://www.w3.org/TR/webauthn-3/#sctn-rp-operations">Web Authentication,
 * 7. Relying party operations</a>
 */
@Component
class PasskeyVerifier {

	/** The algorithms of passkeys, the preferred one first. */
	static final List<PublicKeyCredentialParameters> ALGORITHMS = List
		.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256)
		.stream()
		.map((algorithm) -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm))
		.toList();

	private static final JsonMapper JSON = new JsonMapper();

	private static final Logger logger = LoggerFactory.getLogger(PasskeyVerifier.class);

	/** Some ten times a usual credential, whose largest part is an attestation. */
	private static final int MAX_CREDENTIAL_LENGTH = 16_384;

	/** Exceeds a key of RSA with 4096 bits, and bounds the cost of its signatures. */
	private static final int MAX_PUBLIC_KEY_BYTES = 600;

	/** NIST SP 800-57 disallows shorter ones. */
	private static final int MIN_RSA_BITS = 2_048;

	private static final int MAX_TRANSPORTS = 8;

	private static final String TRANSPORT = "[a-z-]{1,20}";

	private final RelyingParty party;

	private final ObjectConverter converter = new ObjectConverter();

	private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(this.converter);

	PasskeyVerifier(RelyingParty party) {
		this.party = party;
	}

	/**
	 * A verified new credential.
	 *
	 * @param passkey what to store of it
	 * @param transports how to reach its authenticator
	 */
	record NewCredential(StoredPasskey passkey, List<String> transports) {

		NewCredential {
			transports = List.copyOf(transports);
		}

	}

	/**
	 * The result of a verification of a proof.
	 *
	 * @param signCount the counter of the proof
	 * @param backedUp whether the passkey is backed up
	 */
	record Proof(long signCount, boolean backedUp) {
	}

	/** The counter of a proof that is right otherwise has not grown. */
	static final class CounterException extends Exception {

		CounterException() {
			super("The counter has not grown", null, false, false);
		}

	}

	/** Parses a new credential; returns null if it is malformed or too long. */
	@Nullable RegistrationData parseRegistration(String json) {
		return parse(json, () -> {
			RegistrationData data = this.manager.parseRegistrationResponseJSON(json);
			var authenticator = Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
			requireEnvelope(json, Objects.requireNonNull(authenticator.getAttestedCredentialData()).getCredentialId());
			return data;
		});
	}

	/** Parses a proof; returns null if it is malformed or too long. */
	@Nullable AuthenticationData parseProof(String json) {
		return parse(json, () -> {
			AuthenticationData data = this.manager.parseAuthenticationResponseJSON(json);
			requireEnvelope(json, Objects.requireNonNull(credentialId(data)));
			return data;
		});
	}

	/** The library reads neither the type nor both spellings of the id. */
	private static void requireEnvelope(String json, byte[] credentialId) {
		JsonNode envelope = JSON.readTree(json);
		String id = Base64Url.encode(credentialId);
		if (!PublicKeyCredentialType.PUBLIC_KEY.getValue().equals(envelope.path("type").asString(""))
				|| !id.equals(envelope.path("id").asString("")) || !id.equals(envelope.path("rawId").asString(""))) {
			throw new IllegalArgumentException("The credential's type or id does not match");
		}
	}

	/**
	 * Any exception of a parser means that the input, which anyone may send, is
	 * malformed: it is no fault of the service.
	 */
	private static <T> @Nullable T parse(String json, Supplier<T> parser) {
		if (json.length() > MAX_CREDENTIAL_LENGTH) {
			return null;
		}
		try {
			return parser.get();
		}
		catch (RuntimeException ex) {
			logger.debug("A credential is malformed", ex);
			return null;
		}
	}

	/** Returns the challenge that was answered, or null if there is none. */
	static byte @Nullable [] challenge(@Nullable CollectedClientData data) {
		return (data != null) ? data.getChallenge().getValue() : null;
	}

	/** Returns the credential id of a proof, or null if there is none. */
	@SuppressWarnings("NullAway") // The library annotates the bytes, not the array.
	static byte @Nullable [] credentialId(AuthenticationData data) {
		return data.getCredentialId();
	}

	/** Returns the user handle of a proof, or null if there is none. */
	@SuppressWarnings("NullAway") // The library annotates the bytes, not the array.
	static byte @Nullable [] userHandle(AuthenticationData data) {
		return data.getUserHandle();
	}

	/**
	 * Verifies a new credential.
	 * @return the credential, or null if it is not valid
	 */
	@Nullable NewCredential verify(RegistrationData data, byte[] challenge, UUID id) {
		try {
			this.manager.verify(data, new RegistrationParameters(server(challenge), ALGORITHMS, true, true));
			var authenticator = Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
			AttestedCredentialData credential = Objects.requireNonNull(authenticator.getAttestedCredentialData());
			byte[] publicKey = this.converter.getCborMapper().writeValueAsBytes(credential.getCOSEKey());
			UUID aaguid = credential.getAaguid().getValue();
			if (publicKey.length > MAX_PUBLIC_KEY_BYTES || !isUsable(credential.getCOSEKey())
					|| credential.getCredentialId().length == 0) {
				return null;
			}
			return new NewCredential(new StoredPasskey(id, credential.getCredentialId(), publicKey,
					(aaguid != null) ? aaguid : new UUID(0, 0), authenticator.getSignCount(), authenticator.isFlagBE(),
					authenticator.isFlagBS()), transports(data.getTransports()));
		}
		catch (RuntimeException ex) {
			logger.debug("A new credential is not valid", ex);
			return null;
		}
	}

	/**
	 * Returns whether a key can verify proofs: its type and curve are those of its
	 * algorithm, and it is long enough. The library checks this with the first proof,
	 * when the account already counts as one with a passkey.
	 */
	private static boolean isUsable(COSEKey key) {
		COSEAlgorithmIdentifier algorithm = key.getAlgorithm();
		return switch (key.getPublicKey()) {
			case ECPublicKey ec -> COSEAlgorithmIdentifier.ES256.equals(algorithm) && key instanceof EC2COSEKey ec2
					&& Curve.SECP256R1.equals(ec2.getCurve()) && isOnCurve(ec);
			case EdECPublicKey _ -> COSEAlgorithmIdentifier.EdDSA.equals(algorithm) && key instanceof EdDSACOSEKey ed
					&& Curve.ED25519.equals(ed.getCurve());
			case RSAPublicKey rsa ->
				COSEAlgorithmIdentifier.RS256.equals(algorithm) && rsa.getModulus().bitLength() >= MIN_RSA_BITS;
			case null, default -> false;
		};
	}

	private static boolean isOnCurve(ECPublicKey key) {
		EllipticCurve curve = key.getParams().getCurve();
		BigInteger p = ((ECFieldFp) curve.getField()).getP();
		BigInteger x = key.getW().getAffineX();
		BigInteger y = key.getW().getAffineY();
		BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
		return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.pow(2).mod(p).equals(right);
	}

	private static List<String> transports(@Nullable Set<AuthenticatorTransport> transports) {
		return (transports != null) ? transports.stream()
			.map(AuthenticatorTransport::getValue)
			.filter((transport) -> transport.matches(TRANSPORT))
			.sorted()
			.limit(MAX_TRANSPORTS)
			.toList() : List.of();
	}

	/**
	 * Verifies a proof of a passkey.
	 * @return the proof, or null if it is not valid
	 * @throws CounterException if all is valid but the counter
	 */
	@Nullable Proof verify(AuthenticationData data, byte[] challenge, StoredPasskey passkey) throws CounterException {
		try {
			COSEKey key = this.converter.getCborMapper().readValue(passkey.publicKey(), COSEKey.class);
			var stored = new CredentialRecordImpl(null, true, passkey.backupEligible(), passkey.backedUp(),
					passkey.signCount(),
					new AttestedCredentialData(new AAGUID(passkey.aaguid()), passkey.credentialId(), key), null, null,
					null, null);
			this.manager.verify(data, new AuthenticationParameters(server(challenge), stored,
					List.of(passkey.credentialId()), true, true));
			var authenticator = Objects.requireNonNull(data.getAuthenticatorData());
			return new Proof(authenticator.getSignCount(), authenticator.isFlagBS());
		}
		catch (MaliciousCounterValueException ex) {
			throw new CounterException();
		}
		catch (RuntimeException ex) {
			logger.debug("A proof is not valid", ex);
			return null;
		}
	}

	private ServerProperty server(byte[] challenge) {
		return ServerProperty.builder()
			.origins(this.party.origins())
			.rpId(this.party.id())
			.challenge(new DefaultChallenge(challenge))
			.topOrigin(null)
			.build();
	}

}
