package dev.kennel.session;

import java.util.List;
import java.util.UUID;

/**
 * Sessions that have just been ended.
 *
 * @param alive those that could be used until then
 * @param all also those that were over, but whose access tokens may still be good, as
 * clocks differ
 */
record RevocationResult(List<UUID> alive, List<UUID> all) {
}
