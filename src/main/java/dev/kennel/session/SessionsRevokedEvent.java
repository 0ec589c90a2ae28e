package dev.kennel.session;

import java.util.Set;
import java.util.UUID;

/**
 * Sessions have been ended before their time, on this or another instance: what they have
 * open has to be closed. Published as an application event on every instance, at most
 * once a session, though it may be told again after a restart.
 *
 * @param sessions the sessions' keys
 */
public record SessionsRevokedEvent(Set<UUID> sessions) {

	public SessionsRevokedEvent {
		sessions = Set.copyOf(sessions);
	}

}
