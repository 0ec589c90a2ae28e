package dev.kennel.change;

import java.time.OffsetDateTime;
import java.util.Map;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A change as the API shows it.
 *
 * @param cursor the place in the feed, for {@code after}
 * @param kind what has happened
 * @param nodeId to which object
 * @param node the object as it is now, or null if there is none any longer or if nobody
 * asked for it
 * @param at when
 * @param known what has been read of it, by its id: the object, and what it belongs to
 */
record Change(String cursor, ChangeKind kind, NodeId nodeId, @Nullable Object node, OffsetDateTime at,
		Map<NodeId, Object> known) {
}
