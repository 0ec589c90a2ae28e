package dev.kennel.owner;

/**
 * The answer of {@code createOwner}.
 *
 * @param owner the owner that was added
 */
record CreateOwnerPayload(Owner owner) {
}
