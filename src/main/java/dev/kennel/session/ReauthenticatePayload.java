package dev.kennel.session;

/**
 * The result of {@code reauthenticate}.
 *
 * @param session the reauthenticated session
 */
record ReauthenticatePayload(Session session) {

}
