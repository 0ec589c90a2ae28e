package dev.kennel.account;

import java.time.Instant;
import java.util.UUID;

/**
 * When a device has proved the second factor of its account.
 *
 * @param id the account's id of trust, which a change of its factors replaces
 * @param since when the device proved it
 */
public record DeviceTrust(UUID id, Instant since) {
}
