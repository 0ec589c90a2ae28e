package dev.kennel.session;

import dev.kennel.identity.NodeId;

/**
 * Says which session was ended.
 *
 * @param revokedSessionId the id that the session had
 */
record RevokeSessionPayload(NodeId revokedSessionId) {
}
