package dev.kennel.owner;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;

/**
 * The owner to remove.
 *
 * @param id the owner
 * @param withDogs whether its dogs are to be removed with it
 */
record DeleteOwnerInput(@ValidId(NodeKind.OWNER) String id, boolean withDogs) {
}
