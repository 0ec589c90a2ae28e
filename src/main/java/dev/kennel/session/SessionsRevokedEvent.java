package dev.kennel.session;

import java.util.Set;
import java.util.UUID;

/**
 * The application event for sessions that were revoked on this or another instance. Every
 * instance publishes it, at most once per session until it restarts.
 *
 * @param sessions the keys of the sessions
 */
public record SessionsRevokedEvent(Set<UUID> sessions) {

	public SessionsRevokedEvent {
		sessions = Set.copyOf(sessions);
	}

}
