package dev.kennel.session;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The session to end.
 *
 * @param id its id
 */
record RevokeSessionInput(@ValidId(NodeKind.SESSION) String id) {
}
