package dev.kennel.session.token;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.Sha256;
import dev.kennel.text.Base64Url;

/**
 * A refresh token: the session, 256 random bits that all tokens of the session share (the
 * family), and 256 further ones of its own. The family distinguishes a replaced token
 * from a forged one without storing the replaced ones. The database has hashes only.
 *
 * @param account the account of the session
 * @param session the session
 * @param family the bits that all tokens of the session share
 * @param secret the bits of this token alone
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9700#section-4.14">RFC 9700, section
 * 4.14</a>
 */
@SuppressWarnings("ArrayRecordComponent") // It overrides equals.
public record RefreshToken(AccountId account, UUID session, byte[] family, byte[] secret) {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int SECRET_BYTES = 32;

	private static final int BYTES = 2 * 2 * Long.BYTES + 2 * SECRET_BYTES;

	/** The length in base64. */
	private static final int LENGTH = BYTES / 3 * 4;

	/** Domain separation: the pad never equals a hash of the same bits. */
	private static final byte SEAL = 1;

	/** Returns the first token of a session. */
	public static RefreshToken first(AccountId account, UUID session) {
		return new RefreshToken(account, session, random(), random());
	}

	/**
	 * Parses a token.
	 * @param text any text
	 * @return the token, or empty if the text is malformed
	 */
	public static Optional<RefreshToken> parse(String text) {
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

	/** Returns a new token that replaces this one. */
	public RefreshToken successor() {
		return new RefreshToken(this.account, this.session, this.family, random());
	}

	/** Returns the hash of what all tokens of the session share. */
	public byte[] familyHash() {
		return sha256(ByteBuffer.wrap(this.family));
	}

	/** Returns the hash of the token, by which it is stored. */
	public byte[] hash() {
		return sha256(ByteBuffer.allocate(2 * SECRET_BYTES).put(this.family).put(this.secret).flip());
	}

	/**
	 * Encrypts the successor of this token, so that only this token decrypts it. A token
	 * is replaced once, so the pad is used once.
	 */
	public byte[] seal(RefreshToken successor) {
		return xorWithPad(successor.secret);
	}

	/** Returns the successor that was sealed with this token. */
	public RefreshToken unseal(byte[] sealed) {
		return new RefreshToken(this.account, this.session, this.family, xorWithPad(sealed));
	}

	private byte[] xorWithPad(byte[] bytes) {
		byte[] pad = sha256(
				ByteBuffer.allocate(1 + 2 * SECRET_BYTES).put(SEAL).put(this.family).put(this.secret).flip());
		byte[] result = new byte[SECRET_BYTES];
		for (int i = 0; i < SECRET_BYTES; i++) {
			result[i] = (byte) (bytes[i] ^ pad[i]);
		}
		return result;
	}

	/** Returns the encoded token, as issued to a client. */
	public String value() {
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
		MessageDigest digest = Sha256.newDigest();
		digest.update(bytes);
		return digest.digest();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RefreshToken token && MessageDigest.isEqual(hash(), token.hash());
	}

	@Override
	public int hashCode() {
		return this.session.hashCode();
	}

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "RefreshToken[session=" + this.session + "]";
	}

}
