package dev.kennel.secret;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.text.Base64Url;

/**
 * A one-time token, such as one that is sent by mail: the account, and 256 random bits.
 * The database has a hash only.
 *
 * @param account the account
 * @param secret the random bits
 */
@SuppressWarnings("ArrayRecordComponent") // It overrides equals.
public record OneTimeToken(AccountId account, byte[] secret) {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int SECRET_BYTES = 32;

	private static final int BYTES = 2 * Long.BYTES + SECRET_BYTES;

	private static final int LENGTH = BYTES / 3 * 4;

	/**
	 * Generates a token.
	 * @param account the account
	 * @return the token
	 */
	public static OneTimeToken generate(AccountId account) {
		byte[] secret = new byte[SECRET_BYTES];
		RANDOM.nextBytes(secret);
		return new OneTimeToken(account, secret);
	}

	/**
	 * Parses a token.
	 * @param text any text
	 * @return the token, or empty if the text is malformed
	 */
	public static Optional<OneTimeToken> parse(String text) {
		if (text.length() != LENGTH) {
			return Optional.empty();
		}
		byte[] decoded = Base64Url.decode(text);
		if (decoded == null) {
			return Optional.empty();
		}
		ByteBuffer bytes = ByteBuffer.wrap(decoded);
		AccountId account = new AccountId(new UUID(bytes.getLong(), bytes.getLong()));
		byte[] secret = new byte[SECRET_BYTES];
		bytes.get(secret);
		return Optional.of(new OneTimeToken(account, secret));
	}

	/**
	 * Returns the hash, which the database has.
	 * @return the hash of the random bits
	 */
	public byte[] hash() {
		return Sha256.hash(this.secret);
	}

	/**
	 * Returns the encoded token, as issued.
	 * @return the text, which {@link #parse} reads
	 */
	public String value() {
		return Base64Url.encode(ByteBuffer.allocate(BYTES)
			.putLong(this.account.value().getMostSignificantBits())
			.putLong(this.account.value().getLeastSignificantBits())
			.put(this.secret)
			.array());
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof OneTimeToken token && this.account.equals(token.account)
				&& MessageDigest.isEqual(this.secret, token.secret);
	}

	@Override
	public int hashCode() {
		return this.account.hashCode();
	}

	/** Omits the secret. */
	@Override
	public String toString() {
		return "OneTimeToken[account=" + this.account + "]";
	}

}
