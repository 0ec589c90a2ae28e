package dev.kennel.passkey;

import java.util.List;
import java.util.function.BiFunction;

import com.webauthn4j.data.AuthenticationData;
import dev.kennel.account.AccountService;
import dev.kennel.account.NoticeAddresses;
import dev.kennel.account.User;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.factor.SecondFactorProved;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.mail.Outbox;
import dev.kennel.passkey.PasskeyChallengeCodec.Challenge;
import dev.kennel.passkey.PasskeyChallengeCodec.Purpose;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Authenticates accounts by passkeys: at a log-in, and of a session again. */
@Service
public class PasskeyAuthenticationService {

	private final PasskeyRepository passkeys;

	private final PasskeyChallengeCodec challenges;

	private final PasskeyOptions options;

	private final PasskeyVerifier verifier;

	private final AccountService accounts;

	private final NoticeAddresses addresses;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	PasskeyAuthenticationService(PasskeyRepository passkeys, PasskeyChallengeCodec challenges, PasskeyOptions options,
			PasskeyVerifier verifier, AccountService accounts, NoticeAddresses addresses, RateLimiter rateLimiter,
			Outbox outbox, SecurityLog log, ApplicationEventPublisher events, TransactionOperations transaction) {
		this.passkeys = passkeys;
		this.challenges = challenges;
		this.options = options;
		this.verifier = verifier;
		this.accounts = accounts;
		this.addresses = addresses;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
	}

	/** Returns the options for a log-in by any passkey. */
	BeginPasskeyLoginPayload beginLogin() {
		Challenge challenge = this.challenges.issue(Purpose.LOGIN, null);
		return new BeginPasskeyLoginPayload(this.options.request(challenge, List.of()), challenge.expiresAtUtc());
	}

	/** Returns the options for a proof by a passkey of the account. */
	BeginPasskeyReauthenticationPayload beginReauthentication(Caller caller) {
		Challenge challenge = this.challenges.issue(Purpose.REAUTHENTICATION, caller);
		return new BeginPasskeyReauthenticationPayload(
				this.options.request(challenge, this.passkeys.describe(caller.account())), challenge.expiresAtUtc());
	}

	/**
	 * Logs in by a passkey.
	 * @param <T> the type of the result
	 * @param credential the proof, in JSON
	 * @param client the client that sent it
	 * @param open called with the account, and how it was proved, in a transaction that
	 * locks the account
	 * @return what {@code open} returns, or null if the passkey is unknown or its proof
	 * is wrong
	 * @throws ApiException with BAD_USER_INPUT if the credential is malformed or its
	 * challenge is not valid, with RATE_LIMITED after too many failures
	 */
	public <T> @Nullable T login(String credential, Client client,
			BiFunction<User, List<AuthenticationMethod>, T> open) {
		T result = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			VerifiedProof proof = verify(credential, Purpose.LOGIN, null, "credential", client);
			return (proof != null) ? this.accounts.<@Nullable T>executeLocked(proof.account(),
					(user) -> use(proof, "credential") ? open.apply(user, proof.methods()) : null) : null;
		});
		if (result == null) {
			this.log.record(SecurityEvent.LOGIN_FAILED, null, null, client);
		}
		return result;
	}

	/**
	 * Proves the account of a session by one of its passkeys.
	 * @param caller the account and session
	 * @param credential the proof, in JSON
	 * @param client the client that sent it
	 * @throws ApiException with BAD_USER_INPUT if the credential is malformed or not
	 * valid, or its challenge is not, with RATE_LIMITED after too many failures
	 */
	public void reauthenticate(Caller caller, String credential, Client client) {
		Boolean proved = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			VerifiedProof proof = verify(credential, Purpose.REAUTHENTICATION, caller, "passkey", client);
			return (proof != null) ? this.transaction.<@Nullable Boolean>execute((status) -> {
				if (!use(proof, "passkey")) {
					return null;
				}
				this.events.publishEvent(new SecondFactorProved(caller, proof.methods()));
				return true;
			}) : null;
		});
		if (proved == null) {
			this.log.record(SecurityEvent.PASSKEY_WRONG, caller.account(), caller.session(), client);
			throw CredentialError.wrong("passkey");
		}
	}

	/**
	 * A proof that was verified, and is yet to be recorded.
	 *
	 * @param account the account
	 * @param passkey the passkey that gave it
	 * @param proof what it says
	 * @param challenge the challenge that it answers
	 */
	private record VerifiedProof(AccountId account, StoredPasskey passkey, PasskeyVerifier.Proof proof,
			Challenge challenge) {

		/**
		 * The authenticator has verified its user, so that the passkey is two factors. A
		 * passkey that may leave its authenticator counts as software.
		 */
		List<AuthenticationMethod> methods() {
			return List.of(this.passkey.backupEligible() ? AuthenticationMethod.SOFTWARE_KEY
					: AuthenticationMethod.HARDWARE_KEY, AuthenticationMethod.MULTI_FACTOR);
		}

	}

	/**
	 * Verifies a proof, with no transaction open. The account is found by the user
	 * handle, and the passkey among those of the account: the same credential id at
	 * another account is another passkey.
	 * @param caller the session that gives it; null at a log-in
	 * @return the proof, or null if it is wrong
	 */
	private @Nullable VerifiedProof verify(String credential, Purpose purpose, @Nullable Caller caller, String member,
			Client client) {
		AuthenticationData data = this.verifier.parseProof(credential);
		byte[] credentialId = (data != null) ? PasskeyVerifier.credentialId(data) : null;
		if (data == null || credentialId == null) {
			throw CredentialError.malformed(member);
		}
		Challenge challenge = this.challenges.verify(PasskeyVerifier.challenge(data.getCollectedClientData()), purpose,
				caller);
		if (challenge == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, (caller != null) ? caller.account() : null,
					(caller != null) ? caller.session() : null, client);
			throw CredentialError.invalidChallenge(member);
		}
		AccountId account = account(PasskeyVerifier.userHandle(data), caller);
		StoredPasskey passkey = (account != null) ? this.passkeys.find(account, credentialId) : null;
		if (account == null || passkey == null) {
			return null;
		}
		// Before the signature, whose counter is old if the proof is sent again.
		if (this.passkeys.isUsed(account, challenge)) {
			throw CredentialError.invalidChallenge(member);
		}
		try {
			PasskeyVerifier.Proof proof = this.verifier.verify(data, challenge.bytes(), passkey);
			return (proof != null) ? new VerifiedProof(account, passkey, proof, challenge) : null;
		}
		catch (PasskeyVerifier.CounterException ex) {
			warnOfClone(account, client);
			return null;
		}
	}

	/** An authenticator may omit the user handle if the options name its passkeys. */
	private @Nullable AccountId account(byte @Nullable [] handle, @Nullable Caller caller) {
		if (handle == null) {
			return (caller != null) ? caller.account() : null;
		}
		AccountId account = this.passkeys.findAccount(handle);
		return (caller == null || caller.account().equals(account)) ? account : null;
	}

	/**
	 * Records a proof, in the transaction of what it is for.
	 * @return whether the passkey still exists, and no other proof has had the counter
	 */
	private boolean use(VerifiedProof proof, String member) {
		if (!this.passkeys.useChallenge(proof.account(), proof.challenge())) {
			throw CredentialError.invalidChallenge(member);
		}
		return this.passkeys.recordProof(proof.account(), proof.passkey().id(), proof.proof());
	}

	/** Tells the log, and the owner by at most three mails at once. */
	private void warnOfClone(AccountId account, Client client) {
		this.log.record(SecurityEvent.PASSKEY_CLONED, account, null, client);
		String address = this.addresses.find(account);
		if (address != null && this.rateLimiter.mail(PasskeyMail.KIND, address).isZero()) {
			this.outbox.enqueue(PasskeyMail.KIND, PasskeyMail.subject(account, SecurityEvent.PASSKEY_CLONED));
		}
	}

}
