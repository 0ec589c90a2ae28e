package dev.kennel.change;

import java.time.OffsetDateTime;

import dev.kennel.identity.NodeId;

/**
 * An entry of an account's feed, as it is kept.
 *
 * @param version the account's version that the change has made: each is one more than
 * the one before
 * @param kind what has happened
 * @param nodeId to which object
 * @param at when
 */
record ChangeEntry(long version, ChangeKind kind, NodeId nodeId, OffsetDateTime at) {
}
