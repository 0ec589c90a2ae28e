package dev.kennel.owner;

/**
 * The payload of {@code updateOwner}.
 *
 * @param owner the updated owner
 */
record UpdateOwnerPayload(Owner owner) {
}
