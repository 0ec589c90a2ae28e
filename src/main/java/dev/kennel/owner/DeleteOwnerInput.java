package dev.kennel.owner;

import dev.kennel.identity.IdOf;
import dev.kennel.identity.NodeKind;

/**
 * The owner to remove.
 *
 * @param id the owner
 * @param withDogs whether its dogs are to be removed with it
 */
record DeleteOwnerInput(@IdOf(NodeKind.OWNER) String id, boolean withDogs) {
}
