package dev.kennel.account.password;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.kennel.account.AccountService;
import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTokens;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.User;
import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.Username;
import dev.kennel.account.email.EmailRestored;
import dev.kennel.account.link.MailLinks;
import dev.kennel.account.link.OneTimeTokenRepository;
import dev.kennel.account.link.TokenPurpose;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.mail.Outbox;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.text.CaseFolding;
import dev.kennel.text.TextNormalizer;
import dev.kennel.throttle.ClaimedDevice;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Authenticates by password, and changes and resets passwords. */
@Service
public class PasswordService {

	private final UserRepository users;

	private final OneTimeTokenRepository tokens;

	private final PasswordHasher passwords;

	private final RateLimiter rateLimiter;

	private final ReauthenticationPolicy reauthentication;

	private final DeviceTokens devices;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final Clock clock;

	PasswordService(UserRepository users, OneTimeTokenRepository tokens, PasswordHasher passwords,
			RateLimiter rateLimiter, ReauthenticationPolicy reauthentication, DeviceTokens devices, Outbox outbox,
			SecurityLog log, ApplicationEventPublisher events, TransactionOperations transaction, Clock clock) {
		this.users = users;
		this.tokens = tokens;
		this.passwords = passwords;
		this.rateLimiter = rateLimiter;
		this.reauthentication = reauthentication;
		this.devices = devices;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Authenticates a username and a password. Takes the same time if there is no such
	 * account.
	 * @param <T> the type of the result
	 * @param username the username, in any case
	 * @param password the password
	 * @param device the proof that the device has logged in before; null for none
	 * @param client the client that sent the request
	 * @param then called with the account, in a transaction that locks its password: a
	 * log-in with an old password commits before the change, or fails
	 * @param refunded whether a result reveals nothing, and is not charged
	 * @return what {@code then} returns, or null if no account has both
	 * @throws ApiException with RATE_LIMITED after too many failures, or if the queue of
	 * password hashes is full
	 */
	public <T> @Nullable T authenticate(String username, String password, @Nullable DeviceProof device, Client client,
			Function<User, T> then, Predicate<? super T> refunded) {
		String key = CaseFolding.key(username);
		ClaimedDevice claim = (device != null) ? new ClaimedDevice(device.id(), () -> isKnown(device, key)) : null;
		return this.rateLimiter.attempt(RateLimitedAction.LOGIN, client, key, claim, () -> {
			// A text that can't be a username is not looked up: PostgreSQL would reject
			// some of them.
			UserEntity user = username.matches(Username.PATTERN) ? this.users.findByUsernameKey(key) : null;
			T result = null;
			String form = this.passwords.matching(password, (user != null) ? user.passwordHash() : null, client);
			if (form != null && user != null) {
				result = executeIfUnchanged(user, upgradedHash(user, form, client), then);
			}
			if (result == null) {
				this.log.record(SecurityEvent.LOGIN_FAILED, (user != null) ? user.account() : null, null, client,
						List.of(AuthenticationMethod.PASSWORD));
			}
			return result;
		}, refunded);
	}

	/**
	 * Continues what began with {@link #authenticate}.
	 * @param <T> the type of the result
	 * @param account the account
	 * @param fingerprint the {@link #fingerprint} of the password that was given then
	 * @param then called as by {@link #authenticate}
	 * @return what {@code then} returns, or null if the password is another one by now,
	 * or the account was deleted
	 */
	public <T> @Nullable T resume(AccountId account, String fingerprint, Function<User, @Nullable T> then) {
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(account.value());
			return (user != null && user.passwordFingerprint().equals(fingerprint)) ? then.apply(user.toUser()) : null;
		});
	}

	/**
	 * Rehashes an outdated hash, which is possible at log-in only, when the password is
	 * known.
	 */
	private String upgradedHash(UserEntity user, String form, Client client) {
		String hash = user.passwordHash();
		return (this.passwords.isOutdated(hash) || !TextNormalizer.opaqueString(form).equals(form))
				? this.passwords.hash(form, client) : hash;
	}

	private boolean isKnown(DeviceProof device, String usernameKey) {
		return this.users.findById(device.account().value())
			.filter((user) -> CaseFolding.key(user.username()).equals(usernameKey)
					&& device.isOf(user.account(), user.passwordFingerprint()))
			.isPresent();
	}

	/**
	 * Returns the fingerprint of an account's password, for a {@link DeviceProof}. In the
	 * transaction that has made, or locked, the account, it costs no statement.
	 * @param account the account
	 * @return the fingerprint
	 */
	public String fingerprint(AccountId account) {
		return this.users.findById(account.value())
			.map(UserEntity::passwordFingerprint)
			.orElseThrow(AccountService::deleted);
	}

	private <T> @Nullable T executeIfUnchanged(UserEntity known, String hash, Function<User, T> then) {
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(known.getId());
			if (user == null || !user.passwordHash().equals(known.passwordHash())) {
				return null;
			}
			if (!hash.equals(known.passwordHash())) {
				user.rehash(hash);
			}
			return then.apply(user.toUser());
		});
	}

	/**
	 * Requires the account's password from a session, and publishes
	 * {@link PasswordConfirmed}.
	 * @param caller the account and session
	 * @param password the password
	 * @param member the input member that has the password
	 * @param client the client that sent the request
	 * @return the hash that matches
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED after too many wrong ones
	 */
	public String require(Caller caller, String password, String member, Client client) {
		// Charged by session: failures of a stolen session do not block the owner's
		// others.
		String hash = this.rateLimiter.attempt(RateLimitedAction.PASSWORD, client, caller.session().toString(), () -> {
			String stored = this.users.findById(caller.account().value()).map(UserEntity::passwordHash).orElse(null);
			return this.passwords.matches(password, stored, client) ? stored : null;
		});
		if (hash == null) {
			this.log.record(SecurityEvent.PASSWORD_WRONG, caller.account(), caller.session(), client);
			throw ApiException.badUserInput(List
				.of(new Violation(List.of("input", member), "WRONG_PASSWORD", "This is not the account's password.")));
		}
		this.events.publishEvent(new PasswordConfirmed(caller));
		return hash;
	}

	/**
	 * Locks the account of a session that has given its password by {@link #require}.
	 * Until the end of the transaction, the password is not changed, and the session does
	 * not end.
	 * @param caller the account and session
	 * @param hash the hash that {@link #require} has returned
	 * @return the account
	 * @throws ApiException with CONFLICT if the password was changed since, with
	 * UNAUTHENTICATED if the session has ended meanwhile
	 */
	public UserEntity lock(Caller caller, String hash) {
		UserEntity user = this.users.lockRequired(caller.account());
		if (!user.passwordHash().equals(hash)) {
			throw ApiException.conflict("The password was changed a moment ago.", List.of());
		}
		this.reauthentication.requireSession(caller);
		return user;
	}

	/**
	 * Changes the password, and revokes all other sessions of the account.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @return the account, and a new device token, since the old one was invalidated with
	 * the old password
	 * @throws ApiException with BAD_USER_INPUT if the current password is wrong, or the
	 * new one known from a data breach, with RATE_LIMITED after too many wrong ones, with
	 * CONFLICT if it was changed concurrently, with UNAUTHENTICATED if the session has
	 * ended meanwhile
	 */
	ChangePasswordPayload change(Caller caller, ChangePasswordInput input, @Nullable String deviceToken,
			Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		String oldHash = require(caller, input.currentPassword(), "currentPassword", client);
		String newHash = this.passwords.hashNew(input.newPassword(), "newPassword", client);
		ChangePasswordPayload changed = this.transaction.execute((status) -> {
			UserEntity user = lock(caller, oldHash);
			replace(user, newHash, new PasswordChanged(caller.account(), caller.session(), client));
			return new ChangePasswordPayload(user.toUser(), deviceToken(user, device));
		});
		this.log.record(SecurityEvent.PASSWORD_CHANGED, caller.account(), caller.session(), client);
		return changed;
	}

	private String deviceToken(UserEntity user, @Nullable DeviceProof device) {
		return this.devices.issue(user.account(), user.passwordFingerprint(), device, null);
	}

	private void replace(UserEntity user, String hash, PasswordChanged event) {
		user.changePassword(hash, now());
		// A reset token from an earlier mail must not undo the change.
		this.tokens.remove(event.account(), TokenPurpose.PASSWORD_RESET);
		this.events.publishEvent(event);
	}

	/**
	 * Enqueues a password reset mail. The statements and the time are the same for any
	 * address: the account is looked up when the mail is written.
	 * @throws ApiException with RATE_LIMITED after too many requests of the client's
	 * networks or account
	 */
	void requestReset(RequestPasswordResetInput input, Client client) {
		this.rateLimiter.requireMail(client);
		if (this.rateLimiter.mail(PasswordResetMail.KIND, input.email()).isZero()) {
			this.transaction
				.executeWithoutResult((status) -> this.outbox.enqueue(PasswordResetMail.KIND, input.email()));
		}
		this.log.record(SecurityEvent.PASSWORD_RESET_REQUESTED, null, null, client);
	}

	/** Changing the address required the current password. */
	@EventListener
	void on(EmailRestored event) {
		UserEntity user = this.users.findById(event.account().value()).orElseThrow(AccountService::deleted);
		this.outbox.enqueue(PasswordResetMail.KIND, user.email());
	}

	/**
	 * Resets the password, and revokes all sessions of the account. The device has proved
	 * access to the mailbox, and so receives a device token.
	 * @param deviceToken the device token of an earlier log-in; null for none
	 * @return the account, and a device token
	 * @throws ApiException with BAD_USER_INPUT if the token is invalid, or the password
	 * known from a data breach, with RATE_LIMITED after too many of either
	 */
	PasswordResetResult reset(ResetPasswordInput input, @Nullable String deviceToken, Client client) {
		DeviceProof device = this.devices.verify(deviceToken);
		PasswordResetResult reset = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			if (token == null || !this.tokens.isValid(token, TokenPurpose.PASSWORD_RESET)) {
				return null;
			}
			String hash = this.passwords.hashNew(input.newPassword(), "newPassword", client);
			return this.transaction.execute((status) -> {
				UserEntity user = this.users.lock(token.account().value());
				if (user == null || !this.tokens.isValid(token, TokenPurpose.PASSWORD_RESET)) {
					return null;
				}
				replace(user, hash, new PasswordChanged(token.account(), null, client));
				return new PasswordResetResult(token.account(), deviceToken(user, device));
			});
		});
		if (reset == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw MailLinks.invalidToken();
		}
		this.log.record(SecurityEvent.PASSWORD_RESET, reset.account(), null, client);
		return reset;
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MICROS);
	}

}
