package dev.kennel.session;

import java.util.List;
import java.util.UUID;

/**
 * The sessions that a revocation has deleted.
 *
 * @param alive the ones that had not expired
 * @param all also the expired ones, whose access tokens may still be valid because of
 * clock skew
 */
record RevocationResult(List<UUID> alive, List<UUID> all) {
}
