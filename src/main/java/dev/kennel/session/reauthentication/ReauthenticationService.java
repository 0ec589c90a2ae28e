package dev.kennel.session.reauthentication;

import java.util.List;

import dev.kennel.account.AccountService;
import dev.kennel.account.password.PasswordConfirmed;
import dev.kennel.account.password.PasswordService;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.factor.FactorProof;
import dev.kennel.factor.FactorProved;
import dev.kennel.factor.SecondFactorService;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.passkey.PasskeyAuthenticationService;
import dev.kennel.session.Session;
import dev.kennel.session.SessionService;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/** Verifies and records further proofs of sessions. */
@Service
class ReauthenticationService {

	private final ReauthenticationRepository proofs;

	private final SessionService sessions;

	private final AccountService accounts;

	private final PasswordService passwords;

	private final SecondFactorService factors;

	private final PasskeyAuthenticationService passkeys;

	private final RateLimiter rateLimiter;

	private final SecurityLog log;

	ReauthenticationService(ReauthenticationRepository proofs, SessionService sessions, AccountService accounts,
			PasswordService passwords, SecondFactorService factors, PasskeyAuthenticationService passkeys,
			RateLimiter rateLimiter, SecurityLog log) {
		this.proofs = proofs;
		this.sessions = sessions;
		this.accounts = accounts;
		this.passwords = passwords;
		this.factors = factors;
		this.passkeys = passkeys;
		this.rateLimiter = rateLimiter;
		this.log = log;
	}

	/**
	 * Verifies the password, the second factor or a passkey for a session; some
	 * operations require that this was recent.
	 * @return the session
	 * @throws ApiException with BAD_USER_INPUT unless there is one proof, and it is
	 * right, with RATE_LIMITED after too many wrong ones
	 */
	Session reauthenticate(Caller caller, ReauthenticateInput input, Client client) {
		FactorProof proof = FactorProof.of(input.code(), input.recoveryCode());
		String password = input.password();
		if (password != null && proof != null) {
			throw FactorProof.exclusive((input.code() != null) ? "code" : "recoveryCode");
		}
		String passkey = input.passkey();
		if (passkey != null && (password != null || proof != null)) {
			throw FactorProof.exclusive("passkey");
		}
		if (passkey != null) {
			this.passkeys.reauthenticate(caller, passkey, client);
		}
		else if (proof != null) {
			prove(caller, proof, client);
		}
		else if (password != null) {
			this.passwords.require(caller, password, "password", client);
		}
		else {
			throw FactorProof.required("password");
		}
		this.log.record(SecurityEvent.REAUTHENTICATED, caller.account(), caller.session(), client);
		return this.sessions.findAll(caller.account())
			.stream()
			.filter((session) -> session.id().uuid().equals(caller.session()))
			.findFirst()
			.orElseThrow(SessionService::ended);
	}

	private void prove(Caller caller, FactorProof proof, Client client) {
		AccountId account = caller.account();
		Boolean proved = this.rateLimiter.attempt(proof.action(), client, proof.target(account),
				() -> this.accounts.<@Nullable Boolean>executeLocked(account, (user) -> {
					List<AuthenticationMethod> methods = this.factors.verify(account, proof, client);
					if (methods == null) {
						return null;
					}
					on(new FactorProved(caller, methods));
					return true;
				}));
		if (proved == null) {
			this.log.record(SecurityEvent.CODE_WRONG, account, caller.session(), client);
			this.factors.recordWrongProof(account);
			throw proof.wrong();
		}
	}

	@EventListener
	void on(PasswordConfirmed event) {
		this.proofs.recordReauthentication(event.caller().account(), event.caller().session(),
				List.of(AuthenticationMethod.PASSWORD));
	}

	@EventListener
	void on(FactorProved event) {
		this.proofs.recordReauthentication(event.caller().account(), event.caller().session(), event.methods());
	}

}
