package dev.kennel.account;

import dev.kennel.graphql.node.NodeId;

/**
 * The answer of {@code deleteMe}.
 *
 * @param deletedUserId the id that the account had
 */
record DeleteMePayload(NodeId deletedUserId) {
}
