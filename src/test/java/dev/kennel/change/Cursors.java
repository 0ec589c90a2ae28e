package dev.kennel.change;

import java.util.Objects;

/** Encodes and decodes cursors of feeds for tests. */
public final class Cursors {

	private Cursors() {
	}

	/** Returns a cursor without a fingerprint, as older versions of Kennel issued. */
	static String of(long version) {
		return ChangeCursor.encode(new FeedPosition(version, 0));
	}

	/**
	 * Returns the version that a cursor carries.
	 * @param cursor the cursor
	 * @return the version
	 */
	public static long version(String cursor) {
		return Objects.requireNonNull(ChangeCursor.decode(cursor)).version();
	}

}
