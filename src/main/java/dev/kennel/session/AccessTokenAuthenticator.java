package dev.kennel.session;

import dev.kennel.error.ErrorReason;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;

import org.springframework.stereotype.Component;

/** Authenticates access tokens of all transports. */
@Component
class AccessTokenAuthenticator {

	private final AccessTokenCodec tokens;

	private final RevocationList revoked;

	private final SessionActivityRecorder activity;

	AccessTokenAuthenticator(AccessTokenCodec tokens, RevocationList revoked, SessionActivityRecorder activity) {
		this.tokens = tokens;
		this.revoked = revoked;
		this.activity = activity;
	}

	/**
	 * Authenticates a token, without a statement.
	 * @param token any text
	 * @return the caller, or the reason of the refusal: {@link ErrorReason#SESSION_ENDED}
	 * if the session was revoked before the token expires
	 */
	CallerAuthentication authenticate(String token) {
		CallerAuthentication authentication = this.tokens.verify(token);
		Caller caller = authentication.caller();
		if (caller == null) {
			return authentication;
		}
		if (this.revoked.contains(caller.session())) {
			return CallerAuthentication.refused(ErrorReason.SESSION_ENDED);
		}
		this.activity.recordUse(caller);
		return authentication;
	}

}
