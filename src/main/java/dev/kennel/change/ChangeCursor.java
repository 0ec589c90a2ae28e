package dev.kennel.change;

import java.nio.ByteBuffer;

import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * The cursor of a position in an account's feed. For a client it is an opaque text; it
 * does not contain the account.
 */
final class ChangeCursor {

	private static final byte FORMAT = 1;

	private static final byte FEED = 'c';

	private static final int LENGTH = 2 + Long.BYTES;

	private static final int MAX_TEXT_LENGTH = 20;

	/** The other bits of a positive number hold the fingerprint. */
	private static final int VERSION_BITS = Long.SIZE - 1 - FeedPosition.FINGERPRINT_BITS;

	private static final long MAX_VERSION = (1L << VERSION_BITS) - 1;

	private ChangeCursor() {
	}

	static String encode(FeedPosition position) {
		return Base64Url.encode(ByteBuffer.allocate(LENGTH)
			.put(FORMAT)
			.put(FEED)
			.putLong(((long) position.fingerprint() << VERSION_BITS) | position.version())
			.array());
	}

	/**
	 * Returns the position, or null unless the text is exactly what {@link #encode}
	 * returns. Cursors that were issued before fingerprints existed have none.
	 */
	static @Nullable FeedPosition decode(String text) {
		byte[] decoded = (text.length() <= MAX_TEXT_LENGTH) ? Base64Url.decode(text) : null;
		if (decoded == null || decoded.length != LENGTH) {
			return null;
		}
		ByteBuffer bytes = ByteBuffer.wrap(decoded);
		if (bytes.get() != FORMAT || bytes.get() != FEED) {
			return null;
		}
		long packed = bytes.getLong();
		return (packed >= 0) ? new FeedPosition(packed & MAX_VERSION, (int) (packed >>> VERSION_BITS)) : null;
	}

}
