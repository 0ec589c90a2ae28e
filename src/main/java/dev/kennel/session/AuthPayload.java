package dev.kennel.session;

import java.time.OffsetDateTime;

import dev.kennel.account.User;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@code signup}, {@code login}, {@code finishLogin} and
 * {@code refreshSession}.
 *
 * @param user the account
 * @param session the session
 * @param accessToken the token for the {@code Authorization} header; null if it is in a
 * cookie
 * @param refreshToken the token for {@code refreshSession}; null if it is in a cookie
 * @param tokenType how the access token is sent: {@code Bearer} or {@code Cookie}
 * @param expiresAt when the access token expires
 * @param deviceToken the token for further log-ins; null if it is in a cookie, or there
 * was no log-in
 */
public record AuthPayload(User user, Session session, @Nullable String accessToken, @Nullable String refreshToken,
		String tokenType, OffsetDateTime expiresAt, @Nullable String deviceToken) implements LoginResult {

	@Override
	public String toString() {
		return "AuthPayload[user=" + this.user.id() + "]";
	}

}
