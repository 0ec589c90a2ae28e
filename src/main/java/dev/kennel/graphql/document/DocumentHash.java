package dev.kennel.graphql.document;

import java.nio.ByteBuffer;
import java.util.HexFormat;

import dev.kennel.secret.Sha256;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of a document in UTF-8: its key in the cache. */
record DocumentHash(long first, long second, long third, long fourth) {

	private static final int HEX_LENGTH = 64;

	/** Returns the hash of a document. */
	static DocumentHash of(String document) {
		return of(Sha256.hash(document));
	}

	private static DocumentHash of(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		return new DocumentHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
	}

	/** Returns the hash as clients send it. */
	String toHex() {
		HexFormat hex = HexFormat.of();
		return hex.toHexDigits(this.first) + hex.toHexDigits(this.second) + hex.toHexDigits(this.third)
				+ hex.toHexDigits(this.fourth);
	}

	/** Parses the hash that a client has sent, or returns null if it is malformed. */
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
