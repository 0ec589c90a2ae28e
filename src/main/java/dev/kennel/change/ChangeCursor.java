package dev.kennel.change;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.OptionalLong;

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
		return Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(ByteBuffer.allocate(LENGTH).put(FORMAT).put(LIST).putLong(version).array());
	}

	/**
	 * The version, or nothing unless the text is exactly what {@link #encode} answers.
	 */
	static OptionalLong decode(String text) {
		if (text.length() > MAX_TEXT) {
			return OptionalLong.empty();
		}
		try {
			ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
			if (bytes.remaining() != LENGTH || bytes.get() != FORMAT || bytes.get() != LIST) {
				return OptionalLong.empty();
			}
			long version = bytes.getLong();
			return (version >= 0 && encode(version).equals(text)) ? OptionalLong.of(version) : OptionalLong.empty();
		}
		catch (IllegalArgumentException ex) {
			return OptionalLong.empty();
		}
	}

}
