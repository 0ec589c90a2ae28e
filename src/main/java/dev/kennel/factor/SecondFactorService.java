package dev.kennel.factor;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.kennel.account.AccountService;
import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTrust;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.User;
import dev.kennel.account.email.NoticeAddresses;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.mail.Outbox;
import dev.kennel.throttle.RateLimiter;
import dev.kennel.web.WebProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/** Adds, verifies and removes second factors. */
@Service
public class SecondFactorService {

	/** How long a secret may be confirmed. */
	private static final Duration ENROLMENT = Duration.ofMinutes(15);

	/** How long a device is trusted after a second factor. */
	private static final Duration DEVICE_TRUST = Duration.ofDays(30);

	private static final int WRONG_PROOFS_PER_MAIL = 5;

	private final SecondFactorRepository factors;

	private final SecretSealer sealer;

	private final ReauthenticationPolicy reauthentication;

	private final FactorTransaction transaction;

	private final AccountService accounts;

	private final NoticeAddresses addresses;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final WebProperties web;

	private final Clock clock;

	SecondFactorService(SecondFactorRepository factors, SecretSealer sealer, ReauthenticationPolicy reauthentication,
			FactorTransaction transaction, AccountService accounts, NoticeAddresses addresses, RateLimiter rateLimiter,
			Outbox outbox, SecurityLog log, ApplicationEventPublisher events, WebProperties web, Clock clock) {
		this.factors = factors;
		this.sealer = sealer;
		this.reauthentication = reauthentication;
		this.transaction = transaction;
		this.accounts = accounts;
		this.addresses = addresses;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.web = web;
		this.clock = clock;
	}

	/**
	 * Reads the second factor of an account.
	 * @param account the account
	 * @return the second factor, or null if log-ins need the password alone
	 */
	public @Nullable SecondFactor find(AccountId account) {
		return this.factors.find(account);
	}

	/**
	 * Returns whether a log-in at a device needs no second factor.
	 * @param factor the account's second factor
	 * @param device the proof of the device, for the account and its password
	 * @return whether the account trusts devices, and a log-in at this one has proved the
	 * second factor within 30 days, since the factors or the policy were changed last
	 */
	public boolean isTrusted(SecondFactor factor, DeviceProof device) {
		DeviceTrust trust = device.trust();
		return factor.policy() == SecondFactorPolicy.NEW_DEVICES && trust != null && trust.id().equals(factor.trustId())
				&& this.clock.instant().isBefore(trust.since().plus(DEVICE_TRUST));
	}

	/**
	 * Returns whether a device has proved the second factor of an account since it was
	 * changed last, however long ago.
	 * @param account the account
	 * @param device the proof of the device, for the account and its password
	 * @return whether it has
	 */
	public boolean isKnown(AccountId account, DeviceProof device) {
		DeviceTrust trust = device.trust();
		SecondFactor factor = (trust != null) ? this.factors.find(account) : null;
		return trust != null && factor != null && trust.id().equals(factor.trustId());
	}

	/**
	 * Returns the trust in a device that proves a second factor now.
	 * @param factor the account's second factor
	 * @return the trust
	 */
	public DeviceTrust trust(SecondFactor factor) {
		return new DeviceTrust(factor.trustId(), this.clock.instant());
	}

	/**
	 * Counts a wrong proof. Each fifth since the last right one, at any challenge or
	 * session, sends a mail to the account: at most three at once, and then one every
	 * five minutes. No transaction is open.
	 * @param account the account
	 */
	public void recordWrongProof(AccountId account) {
		int wrong = this.factors.countWrongProof(account);
		if (wrong > 0 && wrong % WRONG_PROOFS_PER_MAIL == 0
				&& this.addresses.tryCharge(account, SecondFactorMail.KIND)) {
			this.outbox.enqueue(SecondFactorMail.KIND, SecondFactorMail.subject(account, SecurityEvent.CODE_WRONG));
		}
	}

	/**
	 * Verifies a proof of the second factor, and consumes it: of concurrent uses of one
	 * code, one succeeds. Runs in the transaction of what the proof is for.
	 * @param account the account
	 * @param claimed the claimed proof
	 * @param client the client that sent it
	 * @return how the account authenticated, or null if the proof is wrong
	 */
	public @Nullable List<AuthenticationMethod> verify(AccountId account, FactorProof claimed, Client client) {
		List<AuthenticationMethod> methods = switch (claimed.kind()) {
			case TOTP -> useCode(account, claimed.text())
					? List.of(AuthenticationMethod.ONE_TIME_CODE, AuthenticationMethod.MULTI_FACTOR) : null;
			case RECOVERY_CODE -> useRecoveryCode(account, claimed.text(), client)
					? List.of(AuthenticationMethod.RECOVERY_CODE, AuthenticationMethod.MULTI_FACTOR) : null;
		};
		if (methods != null) {
			this.factors.forgetWrongProofs(account);
		}
		return methods;
	}

	private boolean useCode(AccountId account, String text) {
		SecondFactorRepository.TotpSecret stored = this.factors.lockSecret(account, true);
		long step = (stored != null) ? matchingStep(stored, text) : Totp.NONE;
		if (step != Totp.NONE) {
			this.factors.useStep(account, step);
		}
		return step != Totp.NONE;
	}

	private long matchingStep(SecondFactorRepository.TotpSecret stored, String text) {
		return Totp.matchingStep(this.sealer.open(stored.account(), stored.secret()), text, this.clock.instant(),
				stored.lastStep());
	}

	private boolean useRecoveryCode(AccountId account, String text, Client client) {
		byte[] hash = RecoveryCode.hash(account, text);
		if (hash == null || !this.factors.useRecoveryCode(account, hash)) {
			return false;
		}
		notify(SecurityEvent.RECOVERY_CODE_USED, account, client);
		return true;
	}

	/**
	 * Makes a secret for one-time codes, which has no effect before it is confirmed.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof
	 */
	BeginTotpPayload beginTotp(Caller caller) {
		this.reauthentication.requireForFactors(caller);
		User user = this.accounts.require(caller.account());
		byte[] secret = Totp.generateSecret();
		String text = Base32.encode(secret);
		return new BeginTotpPayload(text, Totp.uri(this.web.baseUrl().getHost(), user.username(), text),
				this.factors.begin(caller.account(), this.sealer.seal(caller.account(), secret), ENROLMENT));
	}

	/**
	 * Confirms the secret, in place of an earlier one, and issues recovery codes.
	 * @return the account, and the recovery codes, of which only hashes are stored
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * BAD_USER_INPUT if the code is wrong, with CONFLICT if there is no secret to confirm
	 */
	ConfirmTotpPayload confirmTotp(Caller caller, String code, Client client) {
		this.reauthentication.requireForFactors(caller);
		this.rateLimiter.requireMail(client);
		AccountId account = caller.account();
		return this.transaction.execute(caller, (user) -> {
			SecondFactorRepository.TotpSecret stored = this.factors.lockSecret(account, false);
			if (stored == null) {
				throw ApiException.conflict("There is no secret to confirm, or it is too old. Begin again.", List.of());
			}
			long step = matchingStep(stored, code);
			if (step == Totp.NONE) {
				throw new FactorProof(FactorKind.TOTP, code).wrong();
			}
			this.factors.confirmSecret(account, step);
			this.factors.enable(account);
			List<String> recoveryCodes = issueRecoveryCodes(account);
			this.events.publishEvent(new FactorProved(caller,
					List.of(AuthenticationMethod.ONE_TIME_CODE, AuthenticationMethod.MULTI_FACTOR)));
			notify(SecurityEvent.FACTOR_ADDED, account, client);
			return new ConfirmTotpPayload(user, recoveryCodes);
		});
	}

	private List<String> issueRecoveryCodes(AccountId account) {
		List<String> codes = RecoveryCode.generate();
		this.factors.replaceRecoveryCodes(account,
				codes.stream().map((code) -> Objects.requireNonNull(RecoveryCode.hash(account, code))).toList());
		return codes;
	}

	/**
	 * Replaces the recovery codes.
	 * @throws ApiException with FORBIDDEN if the session has not proved the second factor
	 * recently, with CONFLICT if there is none
	 */
	List<String> replaceRecoveryCodes(Caller caller, Client client) {
		this.reauthentication.requireForFactors(caller);
		this.rateLimiter.requireMail(client);
		return this.transaction.execute(caller, (user) -> {
			if (!this.factors.lock(caller.account())) {
				throw withoutFactor();
			}
			notify(SecurityEvent.RECOVERY_CODES_REPLACED, caller.account(), client);
			return issueRecoveryCodes(caller.account());
		});
	}

	/**
	 * Removes the one-time codes and the recovery codes. An account without any stays as
	 * it is. Not charged, so that nothing that a stolen session uses up prevents it: each
	 * removal follows an addition, which was.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof
	 */
	User disableTotp(Caller caller, Client client) {
		return this.transaction.execute(caller, (user) -> {
			if (this.factors.remove(caller.account())) {
				notify(SecurityEvent.FACTOR_REMOVED, caller.account(), client);
			}
			return user;
		});
	}

	/**
	 * Sets which log-ins need the second factor. Ends the trust in all devices. Only the
	 * permission to trust devices is charged, so that nothing that a stolen session uses
	 * up prevents its withdrawal, which follows one.
	 * @throws ApiException with FORBIDDEN if the session has not proved the second factor
	 * recently, with CONFLICT if there is none, with RATE_LIMITED if too many mails were
	 * sent
	 */
	User setPolicy(Caller caller, SecondFactorPolicy policy, Client client) {
		boolean trusting = policy == SecondFactorPolicy.NEW_DEVICES;
		if (trusting) {
			this.reauthentication.requireForFactors(caller);
			this.rateLimiter.requireMail(client);
		}
		AccountId account = caller.account();
		return this.transaction.execute(caller, (user) -> {
			SecondFactor factor = this.factors.find(account);
			if (factor == null) {
				throw withoutFactor();
			}
			this.factors.setPolicy(account, policy);
			if (trusting) {
				notify(SecurityEvent.TRUSTED_DEVICES_ALLOWED, account, client);
			}
			else if (factor.policy() == SecondFactorPolicy.NEW_DEVICES) {
				notify(SecurityEvent.TRUSTED_DEVICES_DISALLOWED, account, client);
			}
			return user;
		});
	}

	/** Records the event in the audit log, and sends a mail to the account. */
	private void notify(SecurityEvent event, AccountId account, Client client) {
		this.log.record(event, account, (client.caller() != null) ? client.caller().session() : null, client);
		this.outbox.enqueue(SecondFactorMail.KIND, SecondFactorMail.subject(account, event));
	}

	private static ApiException withoutFactor() {
		return ApiException.conflict("The account has no second factor.", List.of());
	}

}
