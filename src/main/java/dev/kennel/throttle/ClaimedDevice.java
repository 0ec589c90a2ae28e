package dev.kennel.throttle;

import java.util.function.BooleanSupplier;

/**
 * A device that claims to have logged in to an account before. If it has, its attempts
 * are charged to the device instead of the name.
 *
 * @param id the device's id
 * @param isKnown whether the claim is true; evaluated once, after the networks have been
 * charged, and may query the database
 */
public record ClaimedDevice(String id, BooleanSupplier isKnown) {
}
