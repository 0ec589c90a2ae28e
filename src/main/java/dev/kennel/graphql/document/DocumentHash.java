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

	/** The hash of a text. */
	static DocumentHash of(String document) {
		try {
			return of(MessageDigest.getInstance("SHA-256").digest(document.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
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
