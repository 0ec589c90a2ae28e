package dev.kennel.passkey;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.webauthn4j.data.RegistrationData;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.email.EmailRestored;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.factor.FactorProved;
import dev.kennel.factor.FactorTransaction;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import dev.kennel.mail.Outbox;
import dev.kennel.passkey.PasskeyChallengeCodec.Challenge;
import dev.kennel.passkey.PasskeyChallengeCodec.Purpose;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/** Registers, renames and removes passkeys. */
@Service
class PasskeyService {

	/** The maximum per account. */
	private static final int MAX_PASSKEYS = 20;

	private static final String DEFAULT_NAME = "Passkey";

	private final PasskeyRepository passkeys;

	private final PasskeyChallengeCodec challenges;

	private final PasskeyOptions options;

	private final PasskeyVerifier verifier;

	private final ReauthenticationPolicy reauthentication;

	private final FactorTransaction transaction;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	PasskeyService(PasskeyRepository passkeys, PasskeyChallengeCodec challenges, PasskeyOptions options,
			PasskeyVerifier verifier, ReauthenticationPolicy reauthentication, FactorTransaction transaction,
			RateLimiter rateLimiter, Outbox outbox, SecurityLog log, ApplicationEventPublisher events) {
		this.passkeys = passkeys;
		this.challenges = challenges;
		this.options = options;
		this.verifier = verifier;
		this.reauthentication = reauthentication;
		this.transaction = transaction;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
	}

	/** Returns the passkeys of an account, oldest first. */
	List<Passkey> findAll(AccountId account) {
		return this.passkeys.findAll(account);
	}

	/**
	 * Returns the options for a new passkey. The mail about it is charged here: a refusal
	 * later would leave a passkey in the authenticator that logs in nowhere.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * QUOTA_EXCEEDED if the account has the maximum, with RATE_LIMITED after too many
	 * attempts
	 */
	BeginPasskeyPayload begin(Caller caller, Client client) {
		this.reauthentication.requireForFactors(caller);
		this.rateLimiter.requireMail(client);
		AccountId account = caller.account();
		return this.transaction.execute(caller, (user) -> {
			List<PasskeyDescriptor> present = this.passkeys.describe(account);
			requireRoom(present.size());
			Challenge challenge = this.challenges.issue(Purpose.REGISTRATION, caller);
			return new BeginPasskeyPayload(
					this.options.creation(challenge, user, this.passkeys.handle(account), present),
					challenge.expiresAtUtc());
		});
	}

	/**
	 * Registers a passkey. It proves the session, too, which can change it from now on. A
	 * failure is charged to the client's networks, as that of a proof.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * BAD_USER_INPUT if the credential is malformed or not valid, or its challenge is
	 * not, with CONFLICT if the account has the passkey already, with QUOTA_EXCEEDED if
	 * it has the maximum, with RATE_LIMITED after too many failures
	 */
	Passkey finish(Caller caller, FinishPasskeyRegistrationInput input, Client client) {
		this.reauthentication.requireForFactors(caller);
		return Objects.requireNonNull(this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null,
				() -> register(caller, input, client)));
	}

	private Passkey register(Caller caller, FinishPasskeyRegistrationInput input, Client client) {
		RegistrationData data = this.verifier.parseRegistration(input.credential());
		if (data == null) {
			throw CredentialError.malformed("credential");
		}
		Challenge challenge = this.challenges.verify(PasskeyVerifier.challenge(data.getCollectedClientData()),
				Purpose.REGISTRATION, caller);
		if (challenge == null) {
			throw refused(caller, client);
		}
		PasskeyVerifier.NewCredential credential = this.verifier.verify(data, challenge.bytes(),
				UuidCreator.getTimeOrderedEpoch());
		if (credential == null) {
			this.log.record(SecurityEvent.PASSKEY_WRONG, caller.account(), caller.session(), client);
			throw CredentialError.wrong("credential");
		}
		AccountId account = caller.account();
		// Locked, so that its passkeys are counted one after the other.
		Passkey registered = this.transaction.<@Nullable Passkey>execute(caller, (user) -> {
			if (!this.passkeys.useChallenge(account, challenge)) {
				return null;
			}
			requireRoom(this.passkeys.count(account));
			Passkey passkey = this.passkeys.insert(account, credential,
					(input.name() != null) ? input.name() : DEFAULT_NAME);
			if (passkey == null) {
				throw CredentialError.taken("credential");
			}
			this.events.publishEvent(new FactorProved(caller, credential.passkey().methods()));
			notify(SecurityEvent.PASSKEY_ADDED, passkey, caller, client);
			return passkey;
		});
		if (registered == null) {
			throw refused(caller, client);
		}
		return registered;
	}

	/**
	 * Records a challenge that is not valid, or was used before, outside of a transaction
	 * that is rolled back.
	 * @return the error
	 */
	private ApiException refused(Caller caller, Client client) {
		this.log.record(SecurityEvent.TOKEN_REFUSED, caller.account(), caller.session(), client);
		return CredentialError.invalidChallenge("credential");
	}

	private static void requireRoom(int present) {
		if (present >= MAX_PASSKEYS) {
			throw ApiException.quotaExceeded("An account may have " + MAX_PASSKEYS + " passkeys. Remove one first.",
					"passkeys", MAX_PASSKEYS);
		}
	}

	/**
	 * Renames a passkey: by its name, the owner knows an attacker's.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * NOT_FOUND if the account has no such passkey
	 */
	Passkey rename(Caller caller, UUID passkey, String name) {
		return this.transaction.execute(caller, (user) -> {
			Passkey renamed = this.passkeys.rename(caller.account(), passkey, name);
			if (renamed == null) {
				throw ApiException.notFound(NodeKind.PASSKEY.typeName());
			}
			return renamed;
		});
	}

	/**
	 * Removes a passkey, and publishes {@link PasskeyRemoved}. Not charged, so that
	 * nothing that a stolen session uses up prevents it: each removal follows a
	 * registration, which was.
	 * @throws ApiException with FORBIDDEN if the session has no recent proof, with
	 * NOT_FOUND if the account has no such passkey
	 */
	void remove(Caller caller, UUID passkey, Client client) {
		this.transaction.execute(caller, (user) -> {
			Passkey removed = this.passkeys.remove(caller.account(), passkey);
			if (removed == null) {
				throw ApiException.notFound(NodeKind.PASSKEY.typeName());
			}
			this.events.publishEvent(new PasskeyRemoved(caller, client));
			notify(SecurityEvent.PASSKEY_REMOVED, removed, caller, client);
			return removed;
		});
	}

	/**
	 * Removes all passkeys: each may be that of an attacker with the stolen password. The
	 * restored address gets a mail about it, so that the owner adds their own passkeys
	 * again.
	 */
	@EventListener
	void on(EmailRestored event) {
		List<Passkey> removed = this.passkeys.removeAll(event.account());
		removed.forEach((passkey) -> this.log.record(SecurityEvent.PASSKEY_REMOVED, event.account(), null,
				event.client(), passkey.id()));
		if (!removed.isEmpty()) {
			this.outbox.enqueue(PasskeyMail.KIND, PasskeyMail.subjectOfRestoration(event.account(), removed.size()));
		}
	}

	/** Records the event in the audit log, and sends a mail to the account. */
	private void notify(SecurityEvent event, Passkey passkey, Caller caller, Client client) {
		this.log.record(event, caller.account(), caller.session(), client, passkey.id());
		this.outbox.enqueue(PasskeyMail.KIND, PasskeyMail.subject(caller.account(), event, passkey));
	}

}
