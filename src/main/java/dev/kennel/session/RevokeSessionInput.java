package dev.kennel.session;

import dev.kennel.identity.IdOf;
import dev.kennel.identity.NodeKind;

/**
 * The session to end.
 *
 * @param id its id
 */
record RevokeSessionInput(@IdOf(NodeKind.SESSION) String id) {
}
