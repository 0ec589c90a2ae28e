package dev.kennel.change;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;

/**
 * An entry of an account's feed, as it is stored.
 *
 * @param version the account's version that the change produced, one more than that of
 * the previous entry
 * @param kind the kind of change
 * @param nodeId the id of the changed node
 * @param at the time of the change
 */
record ChangeEntry(long version, ChangeKind kind, NodeId nodeId, OffsetDateTime at) {
}
