package dev.kennel.account.deletion;

import dev.kennel.identity.NodeId;

/**
 * The result of deleteMe.
 *
 * @param deletedUserId the id that the account had
 */
record DeleteMePayload(NodeId deletedUserId) {
}
