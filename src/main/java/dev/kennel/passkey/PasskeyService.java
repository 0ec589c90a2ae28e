package dev.kennel.passkey;

import java.util.List;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.webauthn4j.data.RegistrationData;
import dev.kennel.account.AccountService;
import dev.kennel.account.EmailRestored;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.factor.RecentProof;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import dev.kennel.mail.Outbox;
import dev.kennel.passkey.PasskeyChallengeCodec.Challenge;
import dev.kennel.passkey.PasskeyChallengeCodec.Purpose;
import dev.kennel.throttle.RateLimiter;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

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

	private final RecentProof proof;

	private final AccountService accounts;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	PasskeyService(PasskeyRepository passkeys, PasskeyChallengeCodec challenges, PasskeyOptions options,
			PasskeyVerifier verifier, RecentProof proof, AccountService accounts, RateLimiter rateLimiter,
			Outbox outbox, SecurityLog log, TransactionOperations transaction) {
		this.passkeys = passkeys;
		this.challenges = challenges;
		this.options = options;
		this.verifier = verifier;
		this.proof = proof;
		this.accounts = accounts;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.transaction = transaction;
	}

	/** Returns the passkeys of an account, oldest first. */
	List<Passkey> findAll(AccountId account) {
		return this.passkeys.findAll(account);
	}

	/**
	 * Returns the options for a new passkey.
	 * @throws ApiException with FORBIDDEN if the session has not proved itself recently,
	 * with QUOTA_EXCEEDED if the account has the maximum
	 */
	BeginPasskeyRegistrationPayload begin(Caller caller) {
		this.proof.requireForFactors(caller);
		AccountId account = caller.account();
		return this.accounts.executeLocked(account, (user) -> {
			List<PasskeyDescriptor> present = this.passkeys.describe(account);
			requireRoom(present.size());
			Challenge challenge = this.challenges.issue(Purpose.REGISTRATION, caller);
			return new BeginPasskeyRegistrationPayload(
					this.options.creation(challenge, user, this.passkeys.handle(account), present),
					challenge.expiresAtUtc());
		});
	}

	/**
	 * Registers a passkey.
	 * @throws ApiException with FORBIDDEN if the session has not proved itself recently,
	 * with BAD_USER_INPUT if the credential is malformed or not valid, or its challenge
	 * is not, with CONFLICT if the account has the passkey already, with QUOTA_EXCEEDED
	 * if it has the maximum, with RATE_LIMITED after too many attempts
	 */
	Passkey finish(Caller caller, FinishPasskeyRegistrationInput input, Client client) {
		this.proof.requireForFactors(caller);
		this.rateLimiter.requireMail(client);
		RegistrationData data = this.verifier.parseRegistration(input.credential());
		if (data == null) {
			throw CredentialError.malformed("credential");
		}
		Challenge challenge = this.challenges.verify(PasskeyVerifier.challenge(data.getCollectedClientData()),
				Purpose.REGISTRATION, caller);
		if (challenge == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, caller.account(), caller.session(), client);
			throw CredentialError.invalidChallenge("credential");
		}
		PasskeyVerifier.NewCredential credential = this.verifier.verify(data, challenge.bytes(),
				UuidCreator.getTimeOrderedEpoch());
		if (credential == null) {
			this.log.record(SecurityEvent.PASSKEY_WRONG, caller.account(), caller.session(), client);
			throw CredentialError.wrong("credential");
		}
		AccountId account = caller.account();
		// Locked, so that its passkeys are counted one after the other.
		return this.accounts.executeLocked(account, (user) -> {
			if (!this.passkeys.useChallenge(account, challenge)) {
				throw CredentialError.invalidChallenge("credential");
			}
			requireRoom(this.passkeys.count(account));
			Passkey passkey = this.passkeys.insert(account, credential,
					(input.name() != null) ? input.name() : DEFAULT_NAME);
			if (passkey == null) {
				throw CredentialError.taken("credential");
			}
			notify(SecurityEvent.PASSKEY_ADDED, caller, client);
			return passkey;
		});
	}

	private static void requireRoom(int present) {
		if (present >= MAX_PASSKEYS) {
			throw ApiException.quotaExceeded("An account may have " + MAX_PASSKEYS + " passkeys. Remove one first.",
					"passkeys", MAX_PASSKEYS);
		}
	}

	/**
	 * Renames a passkey.
	 * @throws ApiException with NOT_FOUND if the account has no such passkey
	 */
	Passkey rename(AccountId account, UUID passkey, String name) {
		Passkey renamed = this.passkeys.rename(account, passkey, name);
		if (renamed == null) {
			throw ApiException.notFound(NodeKind.PASSKEY.typeName());
		}
		return renamed;
	}

	/**
	 * Removes a passkey.
	 * @throws ApiException with FORBIDDEN if the session has not proved itself recently,
	 * with NOT_FOUND if the account has no such passkey, with RATE_LIMITED after too many
	 * attempts
	 */
	void remove(Caller caller, UUID passkey, Client client) {
		this.proof.requireForFactors(caller);
		this.rateLimiter.requireMail(client);
		this.transaction.executeWithoutResult((status) -> {
			if (!this.passkeys.remove(caller.account(), passkey)) {
				throw ApiException.notFound(NodeKind.PASSKEY.typeName());
			}
			notify(SecurityEvent.PASSKEY_REMOVED, caller, client);
		});
	}

	/** Each passkey may be that of an attacker with the stolen password. */
	@EventListener
	void on(EmailRestored event) {
		if (this.passkeys.removeAll(event.account())) {
			this.log.record(SecurityEvent.PASSKEY_REMOVED, event.account(), null, event.client());
		}
	}

	/** Tells the log, and the account's owner by mail. */
	private void notify(SecurityEvent event, Caller caller, Client client) {
		this.log.record(event, caller.account(), caller.session(), client);
		this.outbox.enqueue(PasskeyMail.KIND, PasskeyMail.subject(caller.account(), event));
	}

}
