package dev.kennel.owner;

/**
 * The answer of {@code updateOwner}.
 *
 * @param owner the owner as it is now
 */
record UpdateOwnerPayload(Owner owner) {
}
