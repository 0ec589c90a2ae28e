package dev.kennel.session;

import dev.kennel.identity.NodeId;

/**
 * The result of revokeSession.
 *
 * @param revokedSessionId the id of the revoked session
 */
record RevokeSessionPayload(NodeId revokedSessionId) {
}
