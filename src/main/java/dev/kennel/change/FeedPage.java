package dev.kennel.change;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Entries of a feed.
 *
 * @param behind the place behind the entry that they follow on, or null if that entry is
 * not there: it is not kept any longer, or has never been
 * @param entries the entries, in order
 */
record FeedPage(@Nullable FeedPosition behind, List<ChangeEntry> entries) {

	/** Whether there is another entry where a place was than it is behind. */
	boolean contradicts(FeedPosition place) {
		return this.behind != null && this.behind.contradicts(place);
	}

	/** Whether there are entries, and they follow on a place without a gap. */
	boolean continues(FeedPosition place) {
		return !contradicts(place) && !this.entries.isEmpty()
				&& this.entries.getFirst().version() == place.version() + 1
				&& this.entries.getLast().version() == place.version() + this.entries.size();
	}

}
