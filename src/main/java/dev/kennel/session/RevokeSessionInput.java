package dev.kennel.session;

import dev.kennel.graphql.node.IdOf;
import dev.kennel.graphql.node.NodeKind;

/**
 * The session to end.
 *
 * @param id its id
 */
record RevokeSessionInput(@IdOf(NodeKind.SESSION) String id) {
}
