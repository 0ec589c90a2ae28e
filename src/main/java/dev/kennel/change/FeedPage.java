package dev.kennel.change;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A page of a feed's entries.
 *
 * @param start the position after the entry that the page follows, or null if there is no
 * such entry: it has expired, or has never existed
 * @param entries the entries, in order
 */
record FeedPage(@Nullable FeedPosition start, List<ChangeEntry> entries) {

	/** Returns whether the entry at a position is a different one by now. */
	boolean conflictsWith(FeedPosition position) {
		return this.start != null && this.start.conflictsWith(position);
	}

	/** Returns whether there are entries, and they follow a position without a gap. */
	boolean continues(FeedPosition position) {
		return !conflictsWith(position) && !this.entries.isEmpty()
				&& this.entries.getFirst().version() == position.version() + 1
				&& this.entries.getLast().version() == position.version() + this.entries.size();
	}

}
