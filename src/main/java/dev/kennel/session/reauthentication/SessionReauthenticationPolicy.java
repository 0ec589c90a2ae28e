package dev.kennel.session.reauthentication;

import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.Caller;
import dev.kennel.session.SessionService;
import dev.kennel.session.token.AuthProperties;

import org.springframework.stereotype.Component;

/**
 * Requires recent proofs of sessions: a stolen session must not become a stolen account,
 * so what could lock out its owner needs one (OWASP ASVS 5, 7.5).
 */
@Component
class SessionReauthenticationPolicy implements ReauthenticationPolicy {

	private final ReauthenticationRepository proofs;

	private final AuthProperties properties;

	SessionReauthenticationPolicy(ReauthenticationRepository proofs, AuthProperties properties) {
		this.proofs = proofs;
		this.properties = properties;
	}

	@Override
	public void requireForSessions(Caller caller) {
		if (!proofs(caller).any()) {
			throw ApiException.forbidden(ErrorReason.REAUTHENTICATION_REQUIRED,
					"Ending other sessions needs a recent proof, such as the password: "
							+ "call reauthenticate, and repeat this mutation.");
		}
	}

	@Override
	public void requireSession(Caller caller) {
		if (!this.proofs.keep(caller.account(), caller.session())) {
			throw SessionService.ended();
		}
	}

	@Override
	public void requireForAddress(Caller caller) {
		SessionProofs proofs = proofs(caller);
		if (proofs.factorRequired() && !proofs.factor()) {
			throw ApiException.forbidden(ErrorReason.REAUTHENTICATION_REQUIRED,
					"Another email address needs the second factor or a passkey of the account: "
							+ "call reauthenticate, and repeat this mutation.");
		}
	}

	@Override
	public void requireForFactors(Caller caller) {
		SessionProofs proofs = proofs(caller);
		if (!(proofs.factorRequired() ? proofs.factor() : proofs.any())) {
			throw ApiException.forbidden(ErrorReason.REAUTHENTICATION_REQUIRED,
					"Changing factors needs the second factor or a passkey, or the password if there is neither: "
							+ "call reauthenticate, and repeat this mutation.");
		}
	}

	private SessionProofs proofs(Caller caller) {
		SessionProofs proofs = this.proofs.proofsWithin(caller.account(), caller.session(),
				this.properties.reauthenticationAge());
		if (proofs == null) {
			throw SessionService.ended();
		}
		return proofs;
	}

}
