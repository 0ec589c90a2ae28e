package dev.kennel.change;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

import dev.kennel.graphql.input.Base64Url;

/**
 * A place in an account's feed: after a version. A client sees it as an opaque text that
 * names no account.
 */
final class ChangeCursor {

	private static final byte FORMAT = 1;

	private static final byte LIST = 'c';

	private static final int LENGTH = 2 + Long.BYTES;

	private static final int MAX_TEXT = 20;

	private ChangeCursor() {
	}

	static String encode(long version) {
		return Base64Url.encode(ByteBuffer.allocate(LENGTH).put(FORMAT).put(LIST).putLong(version).array());
	}

	/**
	 * The version, or nothing unless the text is exactly what {@link #encode} answers.
	 */
	static OptionalLong decode(String text) {
		byte[] decoded = (text.length() <= MAX_TEXT) ? Base64Url.decode(text) : null;
		if (decoded == null || decoded.length != LENGTH) {
			return OptionalLong.empty();
		}
		ByteBuffer bytes = ByteBuffer.wrap(decoded);
		if (bytes.get() != FORMAT || bytes.get() != LIST) {
			return OptionalLong.empty();
		}
		long version = bytes.getLong();
		return (version >= 0) ? OptionalLong.of(version) : OptionalLong.empty();
	}

}
