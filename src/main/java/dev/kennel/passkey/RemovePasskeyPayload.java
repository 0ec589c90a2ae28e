package dev.kennel.passkey;

import dev.kennel.identity.NodeId;

/**
 * The result of the removal of a passkey.
 *
 * @param removedPasskeyId the id of the removed passkey
 */
record RemovePasskeyPayload(NodeId removedPasskeyId) {
}
