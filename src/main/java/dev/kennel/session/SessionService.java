package dev.kennel.session;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import dev.kennel.account.AccountService;
import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTrust;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.User;
import dev.kennel.account.deletion.BeforeAccountDeletion;
import dev.kennel.account.email.EmailReplaced;
import dev.kennel.account.email.EmailRestored;
import dev.kennel.account.password.PasswordChanged;
import dev.kennel.account.password.PasswordService;
import dev.kennel.account.profile.ProfileService;
import dev.kennel.account.profile.SignupInput;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import dev.kennel.passkey.PasskeyRemoved;
import dev.kennel.session.revocation.RevocationList;
import dev.kennel.session.token.AccessTokenCodec;
import dev.kennel.session.token.AuthProperties;
import dev.kennel.session.token.DeviceTokenCodec;
import dev.kennel.session.token.RefreshToken;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Opens, refreshes and revokes sessions. */
@Service
public class SessionService {

	/**
	 * The grace period of the token that was replaced last: it returns the same successor
	 * again, to two tabs that refresh at once, or to a client that has lost the response.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	/** The maximum per account. One more revokes the least recently used. */
	private static final int MAX_SESSIONS = 100;

	/** An id that no session has. */
	private static final UUID NONE = new UUID(0, 0);

	private final ProfileService profiles;

	private final AccountService accounts;

	private final PasswordService passwords;

	private final SessionRepository sessions;

	private final RevocationList revoked;

	private final ReauthenticationPolicy reauthentication;

	private final AccessTokenCodec tokens;

	private final DeviceTokenCodec devices;

	private final AuthProperties properties;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	SessionService(ProfileService profiles, AccountService accounts, PasswordService passwords,
			SessionRepository sessions, RevocationList revoked, ReauthenticationPolicy reauthentication,
			AccessTokenCodec tokens, DeviceTokenCodec devices, AuthProperties properties, SecurityLog log,
			TransactionOperations transaction) {
		this.profiles = profiles;
		this.accounts = accounts;
		this.passwords = passwords;
		this.sessions = sessions;
		this.revoked = revoked;
		this.reauthentication = reauthentication;
		this.tokens = tokens;
		this.devices = devices;
		this.properties = properties;
		this.log = log;
		this.transaction = transaction;
	}

	/**
	 * Creates an account and opens a session, atomically.
	 * @throws ApiException with CONFLICT if the name or the address is taken
	 */
	public IssuedTokens signup(SignupInput input, Client client) {
		IssuedTokens issued = this.profiles.signup(input, client, (user) -> open(user,
				deviceToken(user.account(), null, null), List.of(AuthenticationMethod.PASSWORD), client));
		this.log.record(SecurityEvent.SIGNUP, account(issued), issued.refresh().session(), client);
		return issued;
	}

	/**
	 * Opens a session of an authenticated account, in the transaction of the log-in. The
	 * least recently used session beyond the maximum is revoked.
	 * @param trust when the device has proved the second factor; null for never
	 * @param device the proof that the device has sent; null for none
	 * @param methods how the account authenticated
	 */
	public IssuedTokens login(User user, @Nullable DeviceTrust trust, @Nullable DeviceProof device,
			List<AuthenticationMethod> methods, Client client) {
		return login(user, deviceToken(user.account(), device, trust), methods, client);
	}

	/**
	 * Opens a session as {@link #login} does, of an account that a passkey or a mail has
	 * proved. A valid device token is renewed, and no other issued: a thief's passkey
	 * would get a new limit of guesses at the password, or the trust in a device, that
	 * outlives it.
	 * @param device the proof that the device has sent; null for none
	 * @param methods how the account authenticated
	 */
	public IssuedTokens loginWithoutPassword(User user, @Nullable DeviceProof device,
			List<AuthenticationMethod> methods, Client client) {
		AccountId account = user.account();
		return login(user, (device != null && device.isOf(account, this.passwords.fingerprint(account)))
				? deviceToken(account, device, device.trust()) : null, methods, client);
	}

	private IssuedTokens login(User user, @Nullable String deviceToken, List<AuthenticationMethod> methods,
			Client client) {
		IssuedTokens opened = open(user, deviceToken, methods, client);
		recordRevocation(this.sessions.revokeExcess(account(opened), MAX_SESSIONS), SecurityEvent.SESSION_REVOKED,
				account(opened), client);
		this.log.record(SecurityEvent.LOGIN, account(opened), opened.refresh().session(), client, methods);
		return opened;
	}

	private IssuedTokens open(User user, @Nullable String deviceToken, List<AuthenticationMethod> methods,
			Client client) {
		UUID id = UuidCreator.getTimeOrderedEpoch();
		RefreshToken refresh = RefreshToken.first(user.account(), id);
		Instant createdAt = UuidUtil.getInstant(id);
		Instant absoluteExpiry = createdAt.plus(this.properties.sessionLifetime());
		Session session = this.sessions.insert(refresh, client, methods, createdAt,
				createdAt.plus(this.properties.refreshTokenIdleLifetime()), absoluteExpiry);
		return issue(user, session, refresh, absoluteExpiry, deviceToken);
	}

	private String deviceToken(AccountId account, @Nullable DeviceProof device, @Nullable DeviceTrust trust) {
		return this.devices.issue(account, this.passwords.fingerprint(account), device, trust);
	}

	private IssuedTokens issue(User user, Session session, RefreshToken refresh, Instant absoluteExpiry,
			@Nullable String device) {
		return new IssuedTokens(user, session, this.tokens.issue(refresh.account(), refresh.session(), absoluteExpiry),
				refresh, device);
	}

	private static AccountId account(IssuedTokens issued) {
		return issued.refresh().account();
	}

	/**
	 * Refreshes a session, and rotates its refresh token. Reuse of a replaced token means
	 * that it was copied, and revokes the session.
	 * @param text the refresh token, or null if there is none
	 * @throws ApiException with UNAUTHENTICATED if the token is missing, malformed, or
	 * not of an active session; an unknown session and a forged token can't be told apart
	 */
	IssuedTokens refresh(@Nullable String text, Client client) {
		if (text == null) {
			throw ApiException.unauthenticated(ErrorReason.TOKEN_MISSING, "There is no refresh token. Log in.");
		}
		RefreshToken token = RefreshToken.parse(text)
			.orElseThrow(() -> ApiException.unauthenticated(ErrorReason.TOKEN_INVALID,
					"The refresh token is not valid. Log in again."));
		IssuedTokens issued = this.transaction.execute((status) -> refresh(token, client));
		if (issued == null) {
			throw ended();
		}
		return issued;
	}

	/** Returns the error for a session that has ended. */
	public static ApiException ended() {
		return ApiException.unauthenticated(ErrorReason.SESSION_ENDED, "The session has ended. Log in again.");
	}

	private @Nullable IssuedTokens refresh(RefreshToken token, Client client) {
		SessionRow row = this.sessions.lock(token);
		if (row == null || row.isExpired() || !row.isOfFamily(token)) {
			return null;
		}
		User user = this.accounts.find(token.account());
		if (user == null) {
			return null;
		}
		if (row.isCurrent(token)) {
			RefreshToken successor = token.successor();
			Session session = this.sessions.rotate(token, successor, client, row.now(), expiry(row));
			return issue(user, session, successor, row.absoluteExpiry().toInstant(), null);
		}
		RefreshToken successor = row.successorOf(token, GRACE);
		if (successor != null) {
			return issue(user, row.session(), successor, row.absoluteExpiry().toInstant(), null);
		}
		this.revoked.add(this.sessions.revoke(token.account(), token.session()).all());
		this.log.record(SecurityEvent.REFRESH_TOKEN_REUSED, token.account(), token.session(), client);
		return null;
	}

	private OffsetDateTime expiry(SessionRow row) {
		OffsetDateTime idle = row.now().plus(this.properties.refreshTokenIdleLifetime());
		return idle.isBefore(row.absoluteExpiry()) ? idle : row.absoluteExpiry();
	}

	/** Revokes a session and its tokens. */
	void logout(Caller caller, Client client) {
		recordRevocation(this.sessions.revoke(caller.account(), caller.session()), SecurityEvent.LOGOUT,
				caller.account(), client);
		// Even if its row has been removed.
		this.revoked.add(List.of(caller.session()));
	}

	/**
	 * Revokes the session of a refresh token.
	 * @return whether the token belongs to a session
	 */
	boolean logout(String text, Client client) {
		RefreshToken token = RefreshToken.parse(text).orElse(null);
		return token != null && Boolean.TRUE.equals(this.transaction.execute((status) -> {
			SessionRow row = this.sessions.lock(token);
			if (row == null || !row.isOfFamily(token)) {
				return false;
			}
			recordRevocation(this.sessions.revoke(token.account(), token.session()), SecurityEvent.LOGOUT,
					token.account(), client);
			return true;
		}));
	}

	/**
	 * Revokes one of the account's sessions.
	 * @throws ApiException with NOT_FOUND if the account has no such session, with
	 * FORBIDDEN if it is not the caller's, and the caller has no recent proof
	 */
	void revoke(Caller caller, UUID session, Client client) {
		// Locked, as in revokeOthers: of two sessions that end each other, one comes
		// first.
		this.accounts.<@Nullable Void>executeLocked(caller.account(), (user) -> {
			if (!session.equals(caller.session())) {
				this.reauthentication.requireForSessions(caller);
			}
			RevocationResult result = this.sessions.revoke(caller.account(), session);
			if (result.alive().isEmpty()) {
				throw ApiException.notFound(NodeKind.SESSION.typeName());
			}
			recordRevocation(result, SecurityEvent.SESSION_REVOKED, caller.account(), client);
			return null;
		});
	}

	/**
	 * Revokes all of the account's sessions but the caller's. The account is locked, as
	 * by all that ends several of its sessions: of two sessions that end each other, one
	 * comes first.
	 * @return the number of revoked sessions
	 * @throws ApiException with FORBIDDEN if the caller has no recent proof
	 */
	int revokeOthers(Caller caller, Client client) {
		return this.accounts.executeLocked(caller.account(), (user) -> {
			this.reauthentication.requireForSessions(caller);
			RevocationResult result = this.sessions.revokeOthers(caller.account(), caller.session());
			recordRevocation(result, SecurityEvent.SESSION_REVOKED, caller.account(), client);
			return result.alive().size();
		});
	}

	/** Returns the sessions of an account, most recently used first. */
	public List<Session> findAll(AccountId account) {
		return this.sessions.findAll(account);
	}

	@EventListener
	void on(PasswordChanged event) {
		RevocationResult result = (event.session() != null)
				? this.sessions.revokeOthers(event.account(), event.session())
				: this.sessions.revokeAll(event.account());
		recordRevocation(result, SecurityEvent.SESSION_REVOKED, event.account(), event.client());
	}

	@EventListener
	void on(EmailReplaced event) {
		Caller caller = event.client().caller();
		recordRevocation(this.sessions.revokeOthersByEmail(event.account(), (caller != null) ? caller.session() : NONE),
				SecurityEvent.SESSION_REVOKED, event.account(), event.client());
	}

	@EventListener
	void on(EmailRestored event) {
		recordRevocation(this.sessions.revokeAll(event.account()), SecurityEvent.SESSION_REVOKED, event.account(),
				event.client());
	}

	@EventListener
	void on(PasskeyRemoved event) {
		AccountId account = event.caller().account();
		recordRevocation(this.sessions.revokeOthers(account, event.caller().session()), SecurityEvent.SESSION_REVOKED,
				account, event.client());
	}

	@EventListener
	void on(BeforeAccountDeletion event) {
		recordRevocation(this.sessions.revokeAll(event.account()), SecurityEvent.SESSION_REVOKED, event.account(),
				event.client());
	}

	private void recordRevocation(RevocationResult result, SecurityEvent event, AccountId account, Client client) {
		this.revoked.add(result.all());
		result.alive().forEach((session) -> this.log.record(event, account, session, client));
	}

}
