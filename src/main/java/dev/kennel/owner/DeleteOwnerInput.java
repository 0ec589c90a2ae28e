package dev.kennel.owner;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The input of {@code deleteOwner}.
 *
 * @param id the id of the owner
 * @param withDogs whether the owner's dogs are deleted, too
 */
record DeleteOwnerInput(@ValidId(NodeKind.OWNER) String id, boolean withDogs) {
}
