package dev.kennel.session;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.text.Base64Url;

/**
 * What a session is kept alive with. It names its session, proves by 256 random bits,
 * which all tokens of the session have in common, that it is one of them, and by 256
 * further ones which one it is. So an old token is told from a forged one without keeping
 * the old ones. The store has hashes only.
 *
 * @param account whose session it is
 * @param session the session
 * @param family what the tokens of a session have in common
 * @param secret what is this one's own
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9700#section-4.14">RFC 9700, section
 * 4.14</a>
 */
@SuppressWarnings("ArrayRecordComponent") // It has an equals of its own.
record RefreshToken(AccountId account, UUID session, byte[] family, byte[] secret) {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int SECRET_BYTES = 32;

	private static final int BYTES = 2 * 2 * Long.BYTES + 2 * SECRET_BYTES;

	/** In base64. */
	private static final int LENGTH = BYTES / 3 * 4;

	/** So that the same bits are never used for two purposes. */
	private static final byte SEAL = 1;

	/** The first token of a session. */
	static RefreshToken first(AccountId account, UUID session) {
		return new RefreshToken(account, session, random(), random());
	}

	/**
	 * Reads a token.
	 * @param text any text
	 * @return the token, or nothing if it can't be one
	 */
	static Optional<RefreshToken> parse(String text) {
		if (text.length() != LENGTH) {
			return Optional.empty();
		}
		byte[] decoded = Base64Url.decode(text);
		if (decoded == null) {
			return Optional.empty();
		}
		ByteBuffer bytes = ByteBuffer.wrap(decoded);
		AccountId account = new AccountId(new UUID(bytes.getLong(), bytes.getLong()));
		UUID session = new UUID(bytes.getLong(), bytes.getLong());
		byte[] family = new byte[SECRET_BYTES];
		byte[] secret = new byte[SECRET_BYTES];
		bytes.get(family).get(secret);
		return Optional.of(new RefreshToken(account, session, family, secret));
	}

	/** A new token, to take the place of this one. */
	RefreshToken successor() {
		return new RefreshToken(this.account, this.session, this.family, random());
	}

	byte[] familyHash() {
		return sha256(ByteBuffer.wrap(this.family));
	}

	byte[] hash() {
		return sha256(ByteBuffer.allocate(2 * SECRET_BYTES).put(this.family).put(this.secret).flip());
	}

	/**
	 * Encloses the token that replaces this one, so that it can be read with this one
	 * only. A token is replaced once, so the key is used once.
	 */
	byte[] seal(RefreshToken successor) {
		return sealing(successor.secret);
	}

	/** The token that was sealed with this one. */
	RefreshToken unseal(byte[] sealed) {
		return new RefreshToken(this.account, this.session, this.family, sealing(sealed));
	}

	private byte[] sealing(byte[] bytes) {
		byte[] pad = sha256(
				ByteBuffer.allocate(1 + 2 * SECRET_BYTES).put(SEAL).put(this.family).put(this.secret).flip());
		byte[] result = new byte[SECRET_BYTES];
		for (int i = 0; i < SECRET_BYTES; i++) {
			result[i] = (byte) (bytes[i] ^ pad[i]);
		}
		return result;
	}

	/** The token as a client gets it. */
	String value() {
		ByteBuffer bytes = ByteBuffer.allocate(BYTES)
			.putLong(this.account.value().getMostSignificantBits())
			.putLong(this.account.value().getLeastSignificantBits())
			.putLong(this.session.getMostSignificantBits())
			.putLong(this.session.getLeastSignificantBits())
			.put(this.family)
			.put(this.secret);
		return Base64Url.encode(bytes.array());
	}

	private static byte[] random() {
		byte[] bytes = new byte[SECRET_BYTES];
		RANDOM.nextBytes(bytes);
		return bytes;
	}

	private static byte[] sha256(ByteBuffer bytes) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(bytes);
			return digest.digest();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RefreshToken token && MessageDigest.isEqual(hash(), token.hash());
	}

	@Override
	public int hashCode() {
		return this.session.hashCode();
	}

	/** Names the session, but not the secrets. */
	@Override
	public String toString() {
		return "RefreshToken[session=" + this.session + "]";
	}

}
