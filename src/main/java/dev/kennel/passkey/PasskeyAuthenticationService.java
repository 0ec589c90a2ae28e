package dev.kennel.passkey;

import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

import com.webauthn4j.data.AuthenticationData;
import dev.kennel.account.AccountService;
import dev.kennel.account.User;
import dev.kennel.account.email.NoticeAddresses;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.factor.FactorProved;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.mail.Outbox;
import dev.kennel.passkey.PasskeyChallengeCodec.Challenge;
import dev.kennel.passkey.PasskeyChallengeCodec.Purpose;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

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

	PasskeyAuthenticationService(PasskeyRepository passkeys, PasskeyChallengeCodec challenges, PasskeyOptions options,
			PasskeyVerifier verifier, AccountService accounts, NoticeAddresses addresses, RateLimiter rateLimiter,
			Outbox outbox, SecurityLog log, ApplicationEventPublisher events) {
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
	}

	/** Returns the options for a log-in by any passkey. */
	BeginPasskeyPayload beginLogin() {
		Challenge challenge = this.challenges.issue(Purpose.LOGIN, null);
		return new BeginPasskeyPayload(this.options.request(challenge, List.of()), challenge.expiresAtUtc());
	}

	/** Returns the options for a proof by a passkey of the account. */
	BeginPasskeyPayload beginReauthentication(Caller caller) {
		Challenge challenge = this.challenges.issue(Purpose.REAUTHENTICATION, caller);
		return new BeginPasskeyPayload(this.options.request(challenge, this.passkeys.describe(caller.account())),
				challenge.expiresAtUtc());
	}

	/**
	 * Logs in by a passkey.
	 * @param <T> the type of the result
	 * @param credential the proof, in JSON
	 * @param client the client that sent it
	 * @param open called with the account, and how it authenticated, in a transaction
	 * that locks the account
	 * @return what {@code open} returns, or null if the passkey is unknown, its proof is
	 * wrong, or its account has been deleted
	 * @throws ApiException with BAD_USER_INPUT if the credential is malformed or its
	 * challenge is not valid, with RATE_LIMITED after too many failures
	 */
	public <T> @Nullable T login(String credential, Client client,
			BiFunction<User, List<AuthenticationMethod>, T> open) {
		Attempt attempt = new Attempt(Purpose.LOGIN, null, "credential", SecurityEvent.LOGIN_FAILED, client);
		return attempt.execute(credential, (proof) -> this.accounts.executeLockedIfPresent(proof.account(),
				(user) -> attempt.use(proof) ? open.apply(user, proof.passkey().methods()) : null));
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
		Attempt attempt = new Attempt(Purpose.REAUTHENTICATION, caller, "passkey", SecurityEvent.PASSKEY_WRONG, client);
		Boolean proved = attempt.execute(credential,
				(proof) -> this.accounts.<@Nullable Boolean>executeLocked(caller.account(), (user) -> {
					if (!attempt.use(proof)) {
						return null;
					}
					this.events.publishEvent(new FactorProved(caller, proof.passkey().methods()));
					return true;
				}));
		if (proved == null) {
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
	}

	/** An attempt to prove an account by a passkey. */
	private final class Attempt {

		private final Purpose purpose;

		private final @Nullable Caller caller;

		private final String member;

		private final SecurityEvent failure;

		private final Client client;

		/** The account that is to authenticate, once it is known. */
		private @Nullable AccountId account;

		/** Whether another use of the challenge has come first. */
		private boolean replayed;

		/** The passkey of the proof, once it is known. */
		private @Nullable NodeId passkey;

		/** The passkey whose counter has not grown. */
		private @Nullable Passkey cloned;

		/**
		 * Makes an attempt.
		 * @param purpose the purpose of its challenge
		 * @param caller the session that gives the proof; null at a log-in
		 * @param member the input member that has the proof
		 * @param failure the event of a wrong proof
		 * @param client the client that sent it
		 */
		Attempt(Purpose purpose, @Nullable Caller caller, String member, SecurityEvent failure, Client client) {
			this.purpose = purpose;
			this.caller = caller;
			this.account = (caller != null) ? caller.account() : null;
			this.member = member;
			this.failure = failure;
			this.client = client;
		}

		/**
		 * Verifies a proof, and charges a failure to the client's networks.
		 * @param credential the proof, in JSON
		 * @param then called with the verified proof, which it uses; returns null if that
		 * is refused
		 * @return what {@code then} returns, or null if the proof is wrong
		 */
		<T> @Nullable T execute(String credential, Function<VerifiedProof, @Nullable T> then) {
			return PasskeyAuthenticationService.this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, this.client,
					null, () -> {
						VerifiedProof proof = verify(credential);
						T result = (proof != null) ? then.apply(proof) : null;
						if (this.replayed) {
							throw refused();
						}
						if (this.cloned != null) {
							warnOfClone(this.cloned);
						}
						else if (result == null) {
							record(this.failure, this.passkey);
						}
						return result;
					});
		}

		/**
		 * Verifies a proof, with no transaction open. The account is found by the user
		 * handle, and the passkey among those of the account: the same credential id at
		 * another account is another passkey.
		 */
		private @Nullable VerifiedProof verify(String credential) {
			PasskeyVerifier verifier = PasskeyAuthenticationService.this.verifier;
			PasskeyRepository passkeys = PasskeyAuthenticationService.this.passkeys;
			AuthenticationData data = verifier.parseProof(credential);
			byte[] credentialId = (data != null) ? PasskeyVerifier.credentialId(data) : null;
			if (data == null || credentialId == null) {
				throw CredentialError.malformed(this.member);
			}
			Challenge challenge = PasskeyAuthenticationService.this.challenges
				.verify(PasskeyVerifier.challenge(data.getCollectedClientData()), this.purpose, this.caller);
			if (challenge == null) {
				throw refused();
			}
			AccountId owner = owner(PasskeyVerifier.userHandle(data));
			StoredPasskey passkey = (owner != null) ? passkeys.find(owner, credentialId) : null;
			if (owner == null || passkey == null) {
				return null;
			}
			this.passkey = NodeKind.PASSKEY.id(passkey.id());
			// Before the signature, whose counter is old if the proof is sent again.
			if (passkeys.isUsed(owner, challenge)) {
				throw refused();
			}
			try {
				PasskeyVerifier.Proof proof = verifier.verify(data, challenge.bytes(), passkey);
				return (proof != null) ? new VerifiedProof(owner, passkey, proof, challenge) : null;
			}
			catch (PasskeyVerifier.CounterException ex) {
				this.cloned = passkeys.find(owner, passkey.id());
				return null;
			}
		}

		/**
		 * An authenticator may omit the user handle if the options name its passkeys.
		 */
		private @Nullable AccountId owner(byte @Nullable [] handle) {
			if (handle == null) {
				return this.account;
			}
			AccountId owner = PasskeyAuthenticationService.this.passkeys.findAccount(handle);
			if (this.caller == null) {
				this.account = owner;
			}
			return (owner != null && owner.equals(this.account)) ? owner : null;
		}

		/**
		 * Records a proof, in the transaction of what it is for.
		 * @return whether the passkey still exists, and no other proof has had the
		 * challenge or the counter
		 */
		boolean use(VerifiedProof proof) {
			PasskeyRepository passkeys = PasskeyAuthenticationService.this.passkeys;
			if (!passkeys.useChallenge(proof.account(), proof.challenge())) {
				// Recorded after the transaction, with the exception that would undo it.
				this.replayed = true;
				return false;
			}
			boolean recorded = passkeys.recordProof(proof.account(), proof.passkey().id(), proof.proof());
			this.cloned = recorded ? null : passkeys.find(proof.account(), proof.passkey().id());
			return recorded;
		}

		/** Records a challenge that is not valid, or was used before. */
		private ApiException refused() {
			record(SecurityEvent.TOKEN_REFUSED, null);
			return CredentialError.invalidChallenge(this.member);
		}

		/**
		 * Records the clone in the audit log, and sends a mail, at most three at once.
		 */
		private void warnOfClone(Passkey passkey) {
			record(SecurityEvent.PASSKEY_CLONED, passkey.id());
			AccountId owner = Objects.requireNonNull(this.account);
			if (PasskeyAuthenticationService.this.addresses.tryCharge(owner, PasskeyMail.KIND)) {
				PasskeyAuthenticationService.this.outbox.enqueue(PasskeyMail.KIND,
						PasskeyMail.subject(owner, SecurityEvent.PASSKEY_CLONED, passkey));
			}
		}

		private void record(SecurityEvent event, @Nullable NodeId passkey) {
			PasskeyAuthenticationService.this.log.record(event, this.account,
					(this.caller != null) ? this.caller.session() : null, this.client, passkey);
		}

	}

}
