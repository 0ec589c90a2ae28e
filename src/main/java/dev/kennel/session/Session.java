package dev.kennel.session;

import java.time.OffsetDateTime;
import java.util.List;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A session, as clients see it.
 *
 * @param id the session's id
 * @param userAgent the {@code User-Agent} of the log-in or the last refresh
 * @param ipAddress the address of that request
 * @param createdAt when it was opened
 * @param lastUsedAt when it was last used, to the minute
 * @param expiresAt when it expires unless it is refreshed
 * @param authenticatedAt when it last proved the password or a second factor
 * @param amr how it authenticated: values of RFC 8176, in alphabetical order
 */
public record Session(NodeId id, @Nullable String userAgent, @Nullable String ipAddress, OffsetDateTime createdAt,
		OffsetDateTime lastUsedAt, OffsetDateTime expiresAt, OffsetDateTime authenticatedAt, List<String> amr) {

	public Session {
		amr = List.copyOf(amr);
	}

}
