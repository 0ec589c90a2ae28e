package dev.kennel.session;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import dev.kennel.account.AccountService;
import dev.kennel.account.BeforeAccountDeletion;
import dev.kennel.account.ChangePasswordInput;
import dev.kennel.account.DeviceProof;
import dev.kennel.account.EmailRestored;
import dev.kennel.account.PasswordChanged;
import dev.kennel.account.PasswordConfirmed;
import dev.kennel.account.PasswordService;
import dev.kennel.account.ResetPasswordInput;
import dev.kennel.account.SignupInput;
import dev.kennel.account.User;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Opens, refreshes and revokes sessions. */
@Service
class SessionService {

	/**
	 * The grace period of the token that was replaced last: it returns the same successor
	 * again, to two tabs that refresh at once, or to a client that has lost the response.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	/** The maximum per account. One more revokes the least recently used. */
	private static final int MAX_SESSIONS = 100;

	private final AccountService accounts;

	private final PasswordService passwords;

	private final SessionRepository sessions;

	private final RevocationList revoked;

	private final AccessTokenCodec tokens;

	private final DeviceTokenCodec devices;

	private final AuthProperties properties;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	SessionService(AccountService accounts, PasswordService passwords, SessionRepository sessions,
			RevocationList revoked, AccessTokenCodec tokens, DeviceTokenCodec devices, AuthProperties properties,
			SecurityLog log, TransactionOperations transaction) {
		this.accounts = accounts;
		this.passwords = passwords;
		this.sessions = sessions;
		this.revoked = revoked;
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
	IssuedTokens signup(SignupInput input, Client client) {
		IssuedTokens issued = this.accounts.signup(input, client, (user) -> open(user, null, client));
		this.log.record(SecurityEvent.SIGNUP, account(issued), issued.refresh().session(), client);
		return issued;
	}

	/**
	 * Opens a session.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @throws ApiException with UNAUTHENTICATED if there is no account with the name and
	 * the password, with RATE_LIMITED after too many failures
	 */
	IssuedTokens login(LoginInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		IssuedTokens issued = this.passwords.authenticate(input.username(), input.password(), device, client,
				(user) -> {
					IssuedTokens opened = open(user, device, client);
					recordRevocation(this.sessions.revokeExcess(account(opened), MAX_SESSIONS),
							SecurityEvent.SESSION_REVOKED, account(opened), client);
					return opened;
				});
		if (issued == null) {
			throw ApiException.unauthenticated(ErrorReason.INVALID_CREDENTIALS,
					"There is no account with this username and password.");
		}
		this.log.record(SecurityEvent.LOGIN, account(issued), issued.refresh().session(), client);
		return issued;
	}

	private IssuedTokens open(User user, @Nullable DeviceProof device, Client client) {
		UUID id = UuidCreator.getTimeOrderedEpoch();
		RefreshToken refresh = RefreshToken.first(new AccountId(user.id().uuid()), id);
		Instant createdAt = UuidUtil.getInstant(id);
		Instant absoluteExpiry = createdAt.plus(this.properties.sessionLifetime());
		Session session = this.sessions.insert(refresh, client, List.of(AuthenticationMethod.PASSWORD), createdAt,
				createdAt.plus(this.properties.refreshTokenIdleLifetime()), absoluteExpiry);
		return issue(user, session, refresh, absoluteExpiry, deviceToken(refresh.account(), device));
	}

	/**
	 * Changes the password, and revokes all other sessions.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @return the account, and a new device token, since the old one was invalidated with
	 * the old password
	 * @throws ApiException with BAD_USER_INPUT if the current password is wrong
	 */
	ChangePasswordPayload changePassword(Caller caller, ChangePasswordInput input, @Nullable String deviceToken,
			Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		return this.passwords.change(caller, input, client,
				(user) -> new ChangePasswordPayload(user, deviceToken(caller.account(), device)));
	}

	/**
	 * Resets the password, and revokes all sessions. The device has proved access to the
	 * mailbox, and so receives a device token.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @return the account, and a device token
	 * @throws ApiException with BAD_USER_INPUT if the token is invalid
	 */
	PasswordResetResult resetPassword(ResetPasswordInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		return this.passwords.reset(input, client,
				(account) -> new PasswordResetResult(account, deviceToken(account, device)));
	}

	private String deviceToken(AccountId account, @Nullable DeviceProof device) {
		return this.devices.issue(account, this.passwords.fingerprint(account), device);
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
			throw ApiException.unauthenticated(ErrorReason.SESSION_ENDED, "The session has ended. Log in again.");
		}
		return issued;
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
	 * Verifies the password for a session; some operations require that this was recent.
	 * @return the session
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED after too many wrong ones
	 */
	Session reauthenticate(Caller caller, ReauthenticateInput input, Client client) {
		this.passwords.require(caller, input.password(), "password", client);
		this.log.record(SecurityEvent.REAUTHENTICATED, caller.account(), caller.session(), client);
		return this.sessions.findAll(caller.account())
			.stream()
			.filter((session) -> session.id().uuid().equals(caller.session()))
			.findFirst()
			.orElseThrow(() -> ApiException.unauthenticated(ErrorReason.SESSION_ENDED,
					"The session has ended. Log in again."));
	}

	/**
	 * A stolen session must not become a stolen account: what could lock out the owner
	 * requires a recent proof of the password (OWASP ASVS 5, 7.5).
	 */
	private void requireRecentAuthentication(Caller caller) {
		if (!this.sessions.isAuthenticatedWithin(caller.account(), caller.session(),
				this.properties.reauthenticationAge())) {
			throw ApiException.forbidden(ErrorReason.REAUTHENTICATION_REQUIRED,
					"Ending other sessions needs the password: call reauthenticate, and then this again.");
		}
	}

	/**
	 * Revokes one of the account's sessions.
	 * @throws ApiException with NOT_FOUND if the account has no such session, with
	 * FORBIDDEN if it is not the caller's, and the caller has not proved the password
	 * recently
	 */
	void revoke(Caller caller, UUID session, Client client) {
		if (!session.equals(caller.session())) {
			requireRecentAuthentication(caller);
		}
		RevocationResult result = this.sessions.revoke(caller.account(), session);
		if (result.alive().isEmpty()) {
			throw ApiException.notFound(NodeKind.SESSION.typeName());
		}
		recordRevocation(result, SecurityEvent.SESSION_REVOKED, caller.account(), client);
	}

	/**
	 * Revokes all of the account's sessions but the caller's.
	 * @return the number of revoked sessions
	 * @throws ApiException with FORBIDDEN if the caller has not proved the password
	 * recently
	 */
	int revokeOthers(Caller caller, Client client) {
		requireRecentAuthentication(caller);
		RevocationResult result = this.sessions.revokeOthers(caller.account(), caller.session());
		recordRevocation(result, SecurityEvent.SESSION_REVOKED, caller.account(), client);
		return result.alive().size();
	}

	/** Returns the sessions of an account, most recently used first. */
	List<Session> findAll(AccountId account) {
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
	void on(EmailRestored event) {
		recordRevocation(this.sessions.revokeAll(event.account()), SecurityEvent.SESSION_REVOKED, event.account(),
				event.client());
	}

	@EventListener
	void on(PasswordConfirmed event) {
		this.sessions.recordReauthentication(event.caller().account(), event.caller().session());
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
