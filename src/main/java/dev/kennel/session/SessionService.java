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
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Opens, keeps and ends sessions. */
@Service
class SessionService {

	/**
	 * Two tabs that refresh at once, or an answer that got lost: for so long the token
	 * that was replaced last is good for the same successor again.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	/** More than anybody has devices. One more ends the one not used for longest. */
	private static final int MOST_SESSIONS = 100;

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
	 * Makes an account and opens a session, both or neither.
	 * @throws ApiException with CONFLICT if the name or the address is taken
	 */
	IssuedTokens signup(SignupInput input, Client client) {
		IssuedTokens issued = this.accounts.signup(input, client, (user) -> open(user, null, client));
		this.log.record(SecurityEvent.SIGNUP, account(issued), issued.refresh().session(), client);
		return issued;
	}

	/**
	 * Opens a session.
	 * @param deviceToken what a log-in on the device has left; null if nothing
	 * @throws ApiException with UNAUTHENTICATED if there is no account with the name and
	 * the password, with RATE_LIMITED if there were too many failures
	 */
	IssuedTokens login(LoginInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		IssuedTokens issued = this.passwords.authenticate(input.username(), input.password(), device, client,
				(user) -> {
					IssuedTokens opened = open(user, device, client);
					end(this.sessions.revokeExcess(account(opened), MOST_SESSIONS), SecurityEvent.SESSION_REVOKED,
							account(opened), client);
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
		Instant endsAt = createdAt.plus(this.properties.sessionLifetime());
		Session session = this.sessions.insert(refresh, client, createdAt,
				createdAt.plus(this.properties.refreshTokenIdleLifetime()), endsAt);
		return issue(user, session, refresh, endsAt, deviceToken(refresh.account(), device));
	}

	/**
	 * Changes the password, which ends all other sessions. The device stays known.
	 * @param deviceToken what a log-in on the device has left; null if nothing
	 * @return the account, and the device token that takes the place of the one that
	 * ended with the old password
	 * @throws ApiException with BAD_USER_INPUT if the current password is wrong
	 */
	ChangePasswordPayload changePassword(Caller caller, ChangePasswordInput input, @Nullable String deviceToken,
			Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		return this.passwords.change(caller, input, client,
				(user) -> new ChangePasswordPayload(user, deviceToken(caller.account(), device)));
	}

	/**
	 * Sets the password anew, which ends all sessions. The device has the mail, and is
	 * known from now on.
	 * @param deviceToken what a log-in on the device has left; null if nothing
	 * @return a device token
	 * @throws ApiException with BAD_USER_INPUT if the token is no good
	 */
	String resetPassword(ResetPasswordInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		return this.passwords.reset(input, client, (account) -> deviceToken(account, device));
	}

	private String deviceToken(AccountId account, @Nullable DeviceProof device) {
		return this.devices.issue(account, this.passwords.fingerprint(account), device);
	}

	private IssuedTokens issue(User user, Session session, RefreshToken refresh, Instant endsAt,
			@Nullable String device) {
		return new IssuedTokens(user, session, this.tokens.issue(refresh.account(), refresh.session(), endsAt), refresh,
				device);
	}

	private static AccountId account(IssuedTokens issued) {
		return issued.refresh().account();
	}

	/**
	 * Keeps a session alive: the token is replaced by a new one. A token that was
	 * replaced before has been copied by somebody, and ends the session.
	 * @param text the refresh token, or null if there is none
	 * @throws ApiException with UNAUTHENTICATED if it is missing, no token, or not of a
	 * session that goes on; that there is no such session can't be told from a token that
	 * the session never had
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
		if (row == null || row.isOver() || !row.isOfFamily(token)) {
			return null;
		}
		User user = this.accounts.find(token.account());
		if (user == null) {
			return null;
		}
		if (row.isCurrent(token)) {
			RefreshToken successor = token.successor();
			Session session = this.sessions.rotate(token, successor, client, row.now(), expiry(row));
			return issue(user, session, successor, row.endsAt().toInstant(), null);
		}
		RefreshToken successor = row.successorOf(token, GRACE);
		if (successor != null) {
			return issue(user, row.session(), successor, row.endsAt().toInstant(), null);
		}
		this.revoked.add(this.sessions.revoke(token.account(), token.session()).all());
		this.log.record(SecurityEvent.REFRESH_TOKEN_REUSED, token.account(), token.session(), client);
		return null;
	}

	private OffsetDateTime expiry(SessionRow row) {
		OffsetDateTime idle = row.now().plus(this.properties.refreshTokenIdleLifetime());
		return idle.isBefore(row.endsAt()) ? idle : row.endsAt();
	}

	/** Ends a session: its tokens are refused from now on. */
	void logout(Caller caller, Client client) {
		end(this.sessions.revoke(caller.account(), caller.session()), SecurityEvent.LOGOUT, caller.account(), client);
		// Even if it was over already.
		this.revoked.add(List.of(caller.session()));
	}

	/**
	 * Ends the session of a refresh token.
	 * @return whether the token was one of a session
	 */
	boolean logout(String text, Client client) {
		RefreshToken token = RefreshToken.parse(text).orElse(null);
		return token != null && Boolean.TRUE.equals(this.transaction.execute((status) -> {
			SessionRow row = this.sessions.lock(token);
			if (row == null || !row.isOfFamily(token)) {
				return false;
			}
			end(this.sessions.revoke(token.account(), token.session()), SecurityEvent.LOGOUT, token.account(), client);
			return true;
		}));
	}

	/**
	 * Proves that a session knows the password, which some operations need to be recent.
	 * @return the session
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED if it has been too often
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
	 * A stolen session must not become a stolen account: what could lock its owner out
	 * needs the password, given a short while ago (OWASP ASVS 5, 7.5).
	 */
	private void requireRecentAuthentication(Caller caller) {
		if (!this.sessions.isAuthenticatedWithin(caller.account(), caller.session(),
				this.properties.reauthenticationAge())) {
			throw ApiException.forbidden(ErrorReason.REAUTHENTICATION_REQUIRED,
					"Ending other sessions needs the password: call reauthenticate, and then this again.");
		}
	}

	/**
	 * Ends one of the account's sessions.
	 * @throws ApiException with NOT_FOUND if the account has no such session, with
	 * FORBIDDEN if it is another one than the caller's, and this has not given the
	 * password for too long
	 */
	void revoke(Caller caller, UUID session, Client client) {
		if (!session.equals(caller.session())) {
			requireRecentAuthentication(caller);
		}
		RevocationResult ended = this.sessions.revoke(caller.account(), session);
		if (ended.alive().isEmpty()) {
			throw ApiException.notFound(NodeKind.SESSION.typeName());
		}
		end(ended, SecurityEvent.SESSION_REVOKED, caller.account(), client);
	}

	/**
	 * Ends all of the account's sessions but the one that asks.
	 * @return how many there were
	 * @throws ApiException with FORBIDDEN if this one has not given the password for too
	 * long
	 */
	int revokeOthers(Caller caller, Client client) {
		requireRecentAuthentication(caller);
		RevocationResult ended = this.sessions.revokeOthers(caller.account(), caller.session());
		end(ended, SecurityEvent.SESSION_REVOKED, caller.account(), client);
		return ended.alive().size();
	}

	/** The sessions of an account, the one used last first. */
	List<Session> findAll(AccountId account) {
		return this.sessions.findAll(account);
	}

	@EventListener
	void on(PasswordChanged event) {
		RevocationResult ended = (event.session() != null) ? this.sessions.revokeOthers(event.account(), event.session())
				: this.sessions.revokeAll(event.account());
		end(ended, SecurityEvent.SESSION_REVOKED, event.account(), event.client());
	}

	@EventListener
	void on(EmailRestored event) {
		end(this.sessions.revokeAll(event.account()), SecurityEvent.SESSION_REVOKED, event.account(), event.client());
	}

	@EventListener
	void on(PasswordConfirmed event) {
		this.sessions.reauthenticated(event.caller().account(), event.caller().session());
	}

	@EventListener
	void on(BeforeAccountDeletion event) {
		end(this.sessions.revokeAll(event.account()), SecurityEvent.SESSION_REVOKED, event.account(), event.client());
	}

	private void end(RevocationResult ended, SecurityEvent event, AccountId account, Client client) {
		this.revoked.add(ended.all());
		ended.alive().forEach((session) -> this.log.record(event, account, session, client));
	}

}
