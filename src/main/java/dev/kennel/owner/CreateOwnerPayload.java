package dev.kennel.owner;

/**
 * The payload of {@code createOwner}.
 *
 * @param owner the created owner
 */
record CreateOwnerPayload(Owner owner) {
}
