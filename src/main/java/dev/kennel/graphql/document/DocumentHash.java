package dev.kennel.graphql.document;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/** The SHA-256 of a document in UTF-8: what it is found by. */
record DocumentHash(long first, long second, long third, long fourth) {

	private static final int HEX_LENGTH = 64;

	/** It is copied, since to find it takes longer than to hash a short document. */
	private static final MessageDigest SHA_256 = sha256();

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The hash of a text. */
	static DocumentHash of(String document) {
		try {
			MessageDigest digest = (MessageDigest) SHA_256.clone();
			return of(digest.digest(document.getBytes(StandardCharsets.UTF_8)));
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static DocumentHash of(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		return new DocumentHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
	}

	/** The hash that a client has sent, or null if it is none. */
	static @Nullable DocumentHash parse(String hex) {
		if (hex.length() != HEX_LENGTH) {
			return null;
		}
		try {
			return of(HexFormat.of().parseHex(hex));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
