package dev.kennel.session.reauthentication;

import dev.kennel.session.Session;

/**
 * The result of {@code reauthenticate}.
 *
 * @param session the reauthenticated session
 */
record ReauthenticatePayload(Session session) {

}
