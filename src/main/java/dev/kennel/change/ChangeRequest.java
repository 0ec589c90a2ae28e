package dev.kennel.change;

import java.util.function.Consumer;

/**
 * What a subscriber wants of a feed.
 *
 * @param start the place that its first entry follows on
 * @param nodes whether it wants the objects
 * @param owners whether it wants what the objects belong to
 * @param beforeEach is called before each entry, on the thread that delivers it
 * @param tooSlow is called when the stream has been given up because its client takes
 * nothing
 */
record ChangeRequest(FeedPosition start, boolean nodes, boolean owners, Consumer<Change> beforeEach, Runnable tooSlow) {
}
