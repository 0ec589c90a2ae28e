package dev.kennel.change;

import java.nio.ByteBuffer;

import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * A place in an account's feed: after a version. A client sees it as an opaque text that
 * names no account.
 */
final class ChangeCursor {

	private static final byte FORMAT = 1;

	private static final byte LIST = 'c';

	private static final int LENGTH = 2 + Long.BYTES;

	private static final int MAX_TEXT = 20;

	/** The other bits of a positive number are the fingerprint's. */
	private static final int VERSION_BITS = Long.SIZE - 1 - FeedPosition.FINGERPRINT_BITS;

	private static final long MAX_VERSION = (1L << VERSION_BITS) - 1;

	private ChangeCursor() {
	}

	static String encode(FeedPosition place) {
		return Base64Url.encode(ByteBuffer.allocate(LENGTH)
			.put(FORMAT)
			.put(LIST)
			.putLong(((long) place.fingerprint() << VERSION_BITS) | place.version())
			.array());
	}

	/**
	 * The place, or null unless the text is exactly what {@link #encode} returns. A
	 * cursor of before there were fingerprints has none.
	 */
	static @Nullable FeedPosition decode(String text) {
		byte[] decoded = (text.length() <= MAX_TEXT) ? Base64Url.decode(text) : null;
		if (decoded == null || decoded.length != LENGTH) {
			return null;
		}
		ByteBuffer bytes = ByteBuffer.wrap(decoded);
		if (bytes.get() != FORMAT || bytes.get() != LIST) {
			return null;
		}
		long packed = bytes.getLong();
		return (packed >= 0) ? new FeedPosition(packed & MAX_VERSION, (int) (packed >>> VERSION_BITS)) : null;
	}

}
