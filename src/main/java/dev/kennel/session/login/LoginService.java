package dev.kennel.session.login;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTrust;
import dev.kennel.account.User;
import dev.kennel.account.password.PasswordService;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.emaillogin.EmailLoginService;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.error.Violation;
import dev.kennel.factor.FactorProof;
import dev.kennel.factor.SecondFactor;
import dev.kennel.factor.SecondFactorService;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Client;
import dev.kennel.passkey.PasskeyAuthenticationService;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.session.IssuedTokens;
import dev.kennel.session.SessionService;
import dev.kennel.session.login.LoginChallengeRepository.FirstProof;
import dev.kennel.session.token.DeviceTokenCodec;
import dev.kennel.throttle.ClaimedDevice;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/**
 * Logs in by password, mail or passkey. A log-in by password or mail of an account with a
 * second factor needs a second mutation, which gives the factor; a passkey is both.
 */
@Service
class LoginService {

	private final PasswordService passwords;

	private final SecondFactorService factors;

	private final PasskeyAuthenticationService passkeys;

	private final EmailLoginService emailLogins;

	private final SessionService sessions;

	private final LoginChallengeRepository challenges;

	private final DeviceTokenCodec devices;

	private final RateLimiter rateLimiter;

	private final SecurityLog log;

	LoginService(PasswordService passwords, SecondFactorService factors, PasskeyAuthenticationService passkeys,
			EmailLoginService emailLogins, SessionService sessions, LoginChallengeRepository challenges,
			DeviceTokenCodec devices, RateLimiter rateLimiter, SecurityLog log) {
		this.passwords = passwords;
		this.factors = factors;
		this.passkeys = passkeys;
		this.emailLogins = emailLogins;
		this.sessions = sessions;
		this.challenges = challenges;
		this.devices = devices;
		this.rateLimiter = rateLimiter;
		this.log = log;
	}

	/**
	 * Opens a session with the password alone.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with UNAUTHENTICATED if there is no account with the name and
	 * the password, or the log-in needs a second factor, with RATE_LIMITED after too many
	 * failures
	 */
	IssuedTokens login(LoginInput input, @Nullable String deviceToken, Client client) {
		IssuedTokens issued = authenticate(input, deviceToken, client, false).issued();
		if (issued != null) {
			return issued;
		}
		throw ApiException.unauthenticated(ErrorReason.SECOND_FACTOR_REQUIRED,
				"This account needs a second factor: log in with beginLogin and finishLogin.");
	}

	/**
	 * Opens a session, or makes a challenge if the log-in needs a second factor.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with UNAUTHENTICATED if there is no account with the name and
	 * the password, with RATE_LIMITED after too many failures
	 */
	LoginOutcome beginLogin(LoginInput input, @Nullable String deviceToken, Client client) {
		return authenticate(input, deviceToken, client, true);
	}

	/**
	 * A log-in that needs a second factor is not refunded: it reveals that the password
	 * is right, and leaves a challenge.
	 */
	private LoginOutcome authenticate(LoginInput input, @Nullable String deviceToken, Client client,
			boolean withChallenge) {
		DeviceProof device = this.devices.verify(deviceToken);
		LoginOutcome outcome = this.passwords.authenticate(input.username(), input.password(), device, client,
				(user) -> outcome(user, null, device, client, withChallenge), (result) -> result.issued() != null);
		if (outcome == null) {
			throw ApiException.unauthenticated(ErrorReason.INVALID_CREDENTIALS,
					"There is no account with this username and password.");
		}
		return outcome;
	}

	/**
	 * Opens the session of an account that has proved its password or, by a mail, its
	 * address; or makes the challenge of its second factor.
	 * @param emailFingerprint the fingerprint of a log-in by mail; null if the password
	 * was given
	 */
	private LoginOutcome outcome(User user, byte @Nullable [] emailFingerprint, @Nullable DeviceProof device,
			Client client, boolean withChallenge) {
		AccountId account = user.account();
		SecondFactor factor = this.factors.find(account);
		DeviceTrust trust = null;
		if (factor != null) {
			String fingerprint = this.passwords.fingerprint(account);
			// A stolen device often has both the trust and the mailbox.
			if (emailFingerprint != null || device == null || !device.isOf(account, fingerprint)
					|| !this.factors.isTrusted(factor, device)) {
				this.log.record(SecurityEvent.SECOND_FACTOR_REQUIRED, account, null, client);
				return new LoginOutcome(null, withChallenge
						? challenge(account, new FirstProof(fingerprint, emailFingerprint), factor) : null);
			}
			trust = device.trust();
		}
		return new LoginOutcome(open(user, emailFingerprint != null, trust, device, List.of(), client), null);
	}

	/** A log-in by mail makes no device known or trusted, as one with a passkey. */
	private IssuedTokens open(User user, boolean byEmail, @Nullable DeviceTrust trust, @Nullable DeviceProof device,
			List<AuthenticationMethod> secondFactor, Client client) {
		List<AuthenticationMethod> methods = Stream
			.concat(Stream.of(byEmail ? AuthenticationMethod.EMAIL : AuthenticationMethod.PASSWORD),
					secondFactor.stream())
			.toList();
		return byEmail ? this.sessions.loginWithoutPassword(user, device, methods, client)
				: this.sessions.login(user, trust, device, methods, client);
	}

	private LoginChallenge challenge(AccountId account, FirstProof proof, SecondFactor factor) {
		OneTimeToken token = OneTimeToken.generate(account);
		return new LoginChallenge(token.value(), this.challenges.insert(token, proof), factor.kinds());
	}

	/**
	 * Opens the session of a challenge.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with BAD_USER_INPUT if the challenge or the proof is invalid,
	 * with RATE_LIMITED after too many failures
	 */
	IssuedTokens finishLogin(FinishLoginInput input, @Nullable String deviceToken, Client client) {
		FactorProof proof = FactorProof.of(input.code(), input.recoveryCode());
		if (proof == null) {
			throw FactorProof.required("code");
		}
		OneTimeToken token = OneTimeToken.parse(input.challenge()).orElse(null);
		// Before the guess is charged to the account, which a forged token could name.
		FirstProof first = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null,
				() -> (token != null) ? this.challenges.find(token) : null);
		if (token == null || first == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw invalidChallenge();
		}
		String fingerprint = first.passwordFingerprint();
		DeviceProof device = this.devices.verify(deviceToken);
		AtomicBoolean guessed = new AtomicBoolean();
		IssuedTokens issued = this.rateLimiter.attempt(proof.action(), client, proof.target(token.account()),
				claim(device, token.account(), fingerprint), () -> this.passwords.resume(token.account(), fingerprint,
						(user) -> finish(user, token, proof, device, guessed, client)));
		if (issued == null) {
			if (!guessed.get()) {
				this.log.record(SecurityEvent.TOKEN_REFUSED, token.account(), null, client);
				throw invalidChallenge();
			}
			this.log.record(SecurityEvent.CODE_WRONG, token.account(), null, client);
			this.factors.recordWrongProof(token.account());
			throw proof.wrong();
		}
		return issued;
	}

	/**
	 * A device with the password alone is not known to a second factor: a link for a new
	 * password makes as many such devices as it likes.
	 */
	private @Nullable ClaimedDevice claim(@Nullable DeviceProof device, AccountId account, String fingerprint) {
		return (device != null) ? new ClaimedDevice(device.id(),
				() -> device.isOf(account, fingerprint) && this.factors.isKnown(account, device)) : null;
	}

	private @Nullable IssuedTokens finish(User user, OneTimeToken token, FactorProof proof,
			@Nullable DeviceProof device, AtomicBoolean guessed, Client client) {
		FirstProof first = this.challenges.lock(token);
		byte[] emailFingerprint = (first != null) ? first.emailFingerprint() : null;
		if (first == null || (emailFingerprint != null && !this.emailLogins.isCurrent(user, emailFingerprint))) {
			return null;
		}
		List<AuthenticationMethod> methods = this.factors.verify(token.account(), proof, client);
		SecondFactor factor = (methods != null) ? this.factors.find(token.account()) : null;
		if (methods == null || factor == null) {
			this.challenges.fail(token);
			guessed.set(true);
			return null;
		}
		this.challenges.remove(token);
		return open(user, emailFingerprint != null, this.factors.trust(factor), device, methods, client);
	}

	/**
	 * Opens a session with the code or the link of a mail, or makes a challenge if the
	 * log-in needs a second factor.
	 * @param browserSecret the secret of the browser that has requested the mail; null
	 * for none
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with FORBIDDEN if the service has no log-ins by mail, with
	 * BAD_USER_INPUT unless there is one proof, and it is right for the secret, with
	 * RATE_LIMITED after too many wrong ones
	 */
	LoginOutcome finishEmailLogin(FinishEmailLoginInput input, @Nullable String browserSecret,
			@Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		BiFunction<User, byte[], LoginOutcome> open = (user, fingerprint) -> outcome(user, fingerprint, device, client,
				true);
		String code = input.code();
		String token = input.token();
		if (code != null && token != null) {
			throw FactorProof.exclusive("token");
		}
		if (code != null) {
			return this.emailLogins.finishByCode(browserSecret, code, device, client, open);
		}
		if (token != null) {
			return this.emailLogins.finishByLink(browserSecret, token, client, open);
		}
		throw FactorProof.required("code");
	}

	/**
	 * Opens a session with a passkey. Its authenticator has verified its user, so that no
	 * second factor follows.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with UNAUTHENTICATED if the passkey is unknown or its proof is
	 * wrong, with BAD_USER_INPUT if the proof is malformed or its challenge is invalid,
	 * with RATE_LIMITED after too many failures
	 */
	IssuedTokens finishPasskeyLogin(FinishPasskeyLoginInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		IssuedTokens issued = this.passkeys.login(input.credential(), client,
				(user, methods) -> this.sessions.loginWithoutPassword(user, device, methods, client));
		if (issued == null) {
			throw ApiException.unauthenticated(ErrorReason.INVALID_CREDENTIALS,
					"This passkey is unknown, or not valid here.");
		}
		return issued;
	}

	private static ApiException invalidChallenge() {
		return ApiException.badUserInput(List.of(new Violation(List.of("input", "challenge"), "INVALID_TOKEN",
				"This log-in has taken too long, was finished, or had too many wrong codes. Begin again.")));
	}

}
