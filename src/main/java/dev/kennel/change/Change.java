package dev.kennel.change;

import java.time.OffsetDateTime;
import java.util.Map;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A change as the API exposes it.
 *
 * @param cursor the cursor of the position after the change, for {@code after}
 * @param kind the kind of change
 * @param nodeId the id of the changed node
 * @param node the node as it is now, or null if it has been deleted or is not selected
 * @param at the time of the change
 * @param loadedNodes the nodes that have been read for the change, by id: the node
 * itself, and its parent
 */
record Change(String cursor, ChangeKind kind, NodeId nodeId, @Nullable Object node, OffsetDateTime at,
		Map<NodeId, Object> loadedNodes) {
}
