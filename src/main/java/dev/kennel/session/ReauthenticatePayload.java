package dev.kennel.session;

/**
 * The answer of {@code reauthenticate}.
 *
 * @param session the session that has given the password
 */
record ReauthenticatePayload(Session session) {

}
