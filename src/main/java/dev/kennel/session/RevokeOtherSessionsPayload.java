package dev.kennel.session;

/**
 * The answer of {@code revokeOtherSessions}.
 *
 * @param revokedCount how many sessions were ended
 */
record RevokeOtherSessionsPayload(int revokedCount) {
}
