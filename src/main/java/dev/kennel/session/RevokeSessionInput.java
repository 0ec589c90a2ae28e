package dev.kennel.session;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The input of {@code revokeSession}.
 *
 * @param id the session's id
 */
record RevokeSessionInput(@ValidId(NodeKind.SESSION) String id) {
}
