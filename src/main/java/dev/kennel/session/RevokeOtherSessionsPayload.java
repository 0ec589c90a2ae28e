package dev.kennel.session;

/**
 * The result of revokeOtherSessions.
 *
 * @param revokedCount the number of revoked sessions
 */
record RevokeOtherSessionsPayload(int revokedCount) {
}
