package dev.kennel.passkey;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A browser with an authenticator that has one passkey, by the specification and without
 * a library. Its fields are what it lies about.
 */
public final class SoftwareAuthenticator {

	static final int USER_PRESENT = 0x01;

	static final int USER_VERIFIED = 0x04;

	static final int BACKUP_ELIGIBLE = 0x08;

	static final int BACKED_UP = 0x10;

	private static final int ATTESTED = 0x40;

	private static final JsonMapper JSON = new JsonMapper();

	private final String signatures;

	private final KeyPair keys;

	private final byte[] credentialId;

	int flags = USER_PRESENT | USER_VERIFIED;

	/** Grows with each proof; one that is 0 stays. */
	long counter = 1;

	String origin = "http://localhost:8080";

	String relyingParty = "localhost";

	String type = "";

	boolean crossOrigin;

	/** The number of the algorithm, in CBOR: ES256. */
	byte[] algorithm = { 0x26 };

	byte[] handle = new byte[0];

	/** Replaces the first coordinate of a public key of an elliptic curve. */
	@Nullable BigInteger x;

	/** Makes an authenticator with a new passkey. */
	public SoftwareAuthenticator() {
		this(random(32));
	}

	SoftwareAuthenticator(byte[] credentialId) {
		this(credentialId, "EC", "SHA256withECDSA", 256);
	}

	private SoftwareAuthenticator(byte[] credentialId, String keyAlgorithm, String signatures, int bits) {
		this.credentialId = credentialId.clone();
		this.signatures = signatures;
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(keyAlgorithm);
			generator.initialize(bits);
			this.keys = generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Makes an authenticator with a passkey of Ed25519. */
	static SoftwareAuthenticator ed25519() {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator(random(32), "Ed25519", "Ed25519", 255);
		authenticator.algorithm = new byte[] { 0x27 };
		return authenticator;
	}

	/** Makes an authenticator with a passkey of RSA, for RS256. */
	static SoftwareAuthenticator rsa(int bits) {
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator(random(32), "RSA", "SHA256withRSA", bits);
		authenticator.algorithm = new byte[] { 0x39, 0x01, 0x00 };
		return authenticator;
	}

	byte[] credentialId() {
		return this.credentialId.clone();
	}

	/**
	 * Returns a new credential for the options, as {@code toJSON()} does.
	 * @param options the options, in JSON
	 * @return the credential, in JSON
	 */
	public String create(String options) {
		JsonNode creation = JSON.readTree(options);
		this.handle = Base64.getUrlDecoder().decode(creation.at("/user/id").asString());
		byte[] clientData = clientData("webauthn.create", creation.get("challenge").asString());
		ByteArrayOutputStream attestation = new ByteArrayOutputStream();
		attestation.writeBytes(new byte[] { (byte) 0xa3 });
		text(attestation, "fmt");
		text(attestation, "none");
		text(attestation, "attStmt");
		attestation.writeBytes(new byte[] { (byte) 0xa0 });
		text(attestation, "authData");
		bytes(attestation, authenticatorData(true));
		ObjectNode credential = credential();
		credential.putObject("response")
			.put("clientDataJSON", encode(clientData))
			.put("attestationObject", encode(attestation.toByteArray()))
			.putArray("transports")
			.add("internal")
			.add("hybrid");
		return credential.toString();
	}

	/**
	 * Returns a proof for the options, as {@code toJSON()} does.
	 * @param options the options, in JSON
	 * @return the proof, in JSON
	 */
	public String get(String options) {
		if (this.counter > 0) {
			this.counter++;
		}
		byte[] clientData = clientData("webauthn.get", JSON.readTree(options).get("challenge").asString());
		byte[] data = authenticatorData(false);
		ObjectNode credential = credential();
		ObjectNode response = credential.putObject("response")
			.put("clientDataJSON", encode(clientData))
			.put("authenticatorData", encode(data))
			.put("signature", encode(sign(data, clientData)));
		if (this.handle.length > 0) {
			response.put("userHandle", encode(this.handle));
		}
		return credential.toString();
	}

	private ObjectNode credential() {
		ObjectNode credential = JSON.createObjectNode()
			.put("id", encode(this.credentialId))
			.put("rawId", encode(this.credentialId))
			.put("type", "public-key")
			.put("authenticatorAttachment", "platform");
		credential.putObject("clientExtensionResults");
		return credential;
	}

	private byte[] clientData(String usual, String challenge) {
		return JSON.createObjectNode()
			.put("type", this.type.isEmpty() ? usual : this.type)
			.put("challenge", challenge)
			.put("origin", this.origin)
			.put("crossOrigin", this.crossOrigin)
			.toString()
			.getBytes(StandardCharsets.UTF_8);
	}

	private byte[] authenticatorData(boolean attested) {
		ByteArrayOutputStream data = new ByteArrayOutputStream();
		data.writeBytes(sha256(this.relyingParty.getBytes(StandardCharsets.UTF_8)));
		data.write(attested ? this.flags | ATTESTED : this.flags);
		data.writeBytes(ByteBuffer.allocate(4).putInt((int) this.counter).array());
		if (attested) {
			data.writeBytes(new byte[16]);
			data.writeBytes(ByteBuffer.allocate(2).putShort((short) this.credentialId.length).array());
			data.writeBytes(this.credentialId);
			writePublicKey(data);
		}
		return data.toByteArray();
	}

	private void writePublicKey(ByteArrayOutputStream data) {
		PublicKey key = this.keys.getPublic();
		if (key instanceof ECPublicKey ec) {
			// {1: 2, 3: algorithm, -1: 1, -2: x, -3: y}
			data.writeBytes(new byte[] { (byte) 0xa5, 0x01, 0x02, 0x03 });
			data.writeBytes(this.algorithm);
			data.writeBytes(new byte[] { 0x20, 0x01, 0x21 });
			bytes(data, coordinate((this.x != null) ? this.x : ec.getW().getAffineX()));
			data.write(0x22);
			bytes(data, coordinate(ec.getW().getAffineY()));
		}
		else if (key instanceof RSAPublicKey rsa) {
			// {1: 3, 3: algorithm, -1: n, -2: e}
			data.writeBytes(new byte[] { (byte) 0xa4, 0x01, 0x03, 0x03 });
			data.writeBytes(this.algorithm);
			data.write(0x20);
			bytes(data, unsigned(rsa.getModulus()));
			data.write(0x21);
			bytes(data, unsigned(rsa.getPublicExponent()));
		}
		else {
			// {1: 1, 3: algorithm, -1: 6, -2: x}; x ends the encoding of X.509.
			data.writeBytes(new byte[] { (byte) 0xa4, 0x01, 0x01, 0x03 });
			data.writeBytes(this.algorithm);
			data.writeBytes(new byte[] { 0x20, 0x06, 0x21 });
			byte[] encoded = key.getEncoded();
			bytes(data, Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
		}
	}

	private static byte[] unsigned(BigInteger value) {
		byte[] all = value.toByteArray();
		return (all[0] == 0) ? Arrays.copyOfRange(all, 1, all.length) : all;
	}

	private byte[] sign(byte[] data, byte[] clientData) {
		try {
			Signature signature = Signature.getInstance(this.signatures);
			signature.initSign(this.keys.getPrivate());
			signature.update(data);
			signature.update(sha256(clientData));
			return signature.sign();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] coordinate(BigInteger value) {
		byte[] all = value.toByteArray();
		byte[] padded = new byte[32];
		int length = Math.min(all.length, padded.length);
		System.arraycopy(all, all.length - length, padded, padded.length - length, length);
		return padded;
	}

	private static void text(ByteArrayOutputStream cbor, String text) {
		cbor.write(0x60 | text.length());
		cbor.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static void bytes(ByteArrayOutputStream cbor, byte[] bytes) {
		cbor.write(0x59);
		cbor.writeBytes(ByteBuffer.allocate(2).putShort((short) bytes.length).array());
		cbor.writeBytes(bytes);
	}

	static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new SecureRandom().nextBytes(bytes);
		return bytes;
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
