package dev.kennel.session;

import dev.kennel.error.ErrorReason;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;

import org.springframework.stereotype.Component;

/** Tells who has an access token, wherever it comes from. */
@Component
class AccessTokenAuthenticator {

	private final AccessTokenCodec tokens;

	private final RevocationList revoked;

	private final SessionActivityRecorder uses;

	AccessTokenAuthenticator(AccessTokenCodec tokens, RevocationList revoked, SessionActivityRecorder uses) {
		this.tokens = tokens;
		this.revoked = revoked;
		this.uses = uses;
	}

	/**
	 * Looks at a token. It costs no statement.
	 * @param token any text
	 * @return the caller, or why the token is refused: also as
	 * {@link ErrorReason#SESSION_ENDED}, if its session has ended before it has expired
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
		this.uses.note(caller);
		return authentication;
	}

}
