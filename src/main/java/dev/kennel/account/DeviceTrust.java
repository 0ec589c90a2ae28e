package dev.kennel.account;

import java.time.Instant;
import java.util.UUID;

/**
 * The trust in a device that has proved the second factor of its account.
 *
 * @param id the account's trust id; a change of its factors replaces it
 * @param since when the device proved it
 */
public record DeviceTrust(UUID id, Instant since) {
}
