package dev.kennel.change;

import java.util.function.Consumer;

/**
 * The parameters of one subscription to a feed.
 *
 * @param start the position after which the first entry is delivered
 * @param withNodes whether the nodes of the changes are read
 * @param withParents whether the parents of the nodes are read
 * @param beforeEach called before each change, on the thread that delivers it
 * @param onTooSlow called when the subscription has been cancelled because its client
 * consumes nothing
 */
record FeedSubscriptionParameters(FeedPosition start, boolean withNodes, boolean withParents,
		Consumer<Change> beforeEach, Runnable onTooSlow) {
}
