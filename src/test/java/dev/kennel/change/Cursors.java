package dev.kennel.change;

import java.util.Objects;

/** Cursors of feeds, as tests need them. */
final class Cursors {

	private Cursors() {
	}

	/** A cursor of before there were fingerprints. */
	static String of(long version) {
		return ChangeCursor.encode(new FeedPosition(version, 0));
	}

	static long version(String cursor) {
		return Objects.requireNonNull(ChangeCursor.decode(cursor)).version();
	}

}
