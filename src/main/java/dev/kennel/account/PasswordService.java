package dev.kennel.account;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;

import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.mail.Outbox;
import dev.kennel.text.CaseFolding;
import dev.kennel.text.TextNormalizer;
import dev.kennel.throttle.ClaimedDevice;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Tells whether somebody is who they say, and gives accounts new passwords. */
@Service
public class PasswordService {

	private final UserRepository users;

	private final OneTimeTokenRepository tokens;

	private final PasswordHasher passwords;

	private final RateLimiter throttle;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final Clock clock;

	PasswordService(UserRepository users, OneTimeTokenRepository tokens, PasswordHasher passwords, RateLimiter throttle,
			Outbox outbox, SecurityLog log, ApplicationEventPublisher events, TransactionOperations transaction,
			Clock clock) {
		this.users = users;
		this.tokens = tokens;
		this.passwords = passwords;
		this.throttle = throttle;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Does something for who has a name and a password. It takes as long if there is no
	 * account of that name.
	 * @param <T> what comes of it
	 * @param username the name, whatever the case
	 * @param password the password
	 * @param device the device that has logged in before, as far as it can show that;
	 * null if it can't
	 * @param client who asks
	 * @param then what is done for the account, in a transaction in which its password
	 * can't be changed: a log-in with the old one is over before that, or fails
	 * @return what that answers, or null if there is no account with both
	 * @throws ApiException with RATE_LIMITED if there were too many failures, or if too
	 * many passwords are being hashed
	 */
	public <T> @Nullable T authenticate(String username, String password, @Nullable DeviceProof device, Client client,
			Function<User, T> then) {
		String key = CaseFolding.key(username);
		ClaimedDevice claim = (device != null) ? new ClaimedDevice(device.id(), () -> isKnown(device, key)) : null;
		return this.throttle.attempt(RateLimitedAction.LOGIN, client, key, claim, () -> {
			// What can be nobody's name is not looked up: the store would refuse some of
			// it.
			UserEntity user = username.matches(Username.PATTERN) ? this.users.findByUsernameKey(key) : null;
			T result = null;
			String form = this.passwords.matching(password, (user != null) ? user.passwordHash() : null, client);
			if (form != null && user != null) {
				result = whileUnchanged(user, upgraded(user, form, client), then);
			}
			if (result == null) {
				this.log.record(SecurityEvent.LOGIN_FAILED, (user != null) ? user.account() : null, null, client);
			}
			return result;
		});
	}

	/** The one moment at which the password is known, and the form that was hashed. */
	private String upgraded(UserEntity user, String form, Client client) {
		String hash = user.passwordHash();
		return (this.passwords.isOutdated(hash) || !TextNormalizer.opaqueString(form).equals(form))
				? this.passwords.hash(form, client) : hash;
	}

	private boolean isKnown(DeviceProof device, String usernameKey) {
		return this.users.findById(device.account().value())
			.filter((user) -> CaseFolding.key(user.username()).equals(usernameKey)
					&& device.passwordFingerprint().equals(DeviceProof.fingerprint(user.passwordHash())))
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
			.map((user) -> DeviceProof.fingerprint(user.passwordHash()))
			.orElseThrow(AccountService::deleted);
	}

	private <T> @Nullable T whileUnchanged(UserEntity known, String hash, Function<User, T> then) {
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
	 * Has a session prove that it knows its account's password, and publishes
	 * {@link PasswordConfirmed}.
	 * @param caller who asks
	 * @param password the password
	 * @param member where in the input it was
	 * @param client where it comes from
	 * @return the hash that it fits
	 * @throws ApiException with BAD_USER_INPUT if it is wrong, with RATE_LIMITED if it
	 * has been too often
	 */
	public String require(Caller caller, String password, String member, Client client) {
		// By session: what a stolen one fails at does not keep the owner's others from
		// trying.
		String hash = this.throttle.attempt(RateLimitedAction.PASSWORD, client, caller.session().toString(), () -> {
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
	 * Changes the password. All other sessions of the account end.
	 * @param <T> the type of the result
	 * @param caller the account and session
	 * @param input the current and the new password
	 * @param client where the request comes from
	 * @param then called in the same transaction, in which {@link #fingerprint} is that
	 * of the new password
	 * @return what {@code then} returns
	 * @throws ApiException with BAD_USER_INPUT if the current password is wrong, with
	 * RATE_LIMITED if it has been too often, with CONFLICT if it has just been changed
	 */
	public <T> T change(Caller caller, ChangePasswordInput input, Client client, Function<User, T> then) {
		String oldHash = require(caller, input.currentPassword(), "currentPassword", client);
		String newHash = this.passwords.hash(input.newPassword(), client);
		T result = this.transaction.execute((status) -> {
			UserEntity current = this.users.lock(caller.account().value());
			if (current == null) {
				throw AccountService.deleted();
			}
			if (!current.passwordHash().equals(oldHash)) {
				throw changedMeanwhile();
			}
			replace(current, newHash, new PasswordChanged(caller.account(), caller.session(), client));
			return then.apply(current.toUser());
		});
		this.log.record(SecurityEvent.PASSWORD_CHANGED, caller.account(), caller.session(), client);
		return result;
	}

	/** Says that the password that was given was right until a moment ago. */
	static ApiException changedMeanwhile() {
		return ApiException.conflict("The password was changed a moment ago.", List.of());
	}

	private void replace(UserEntity user, String hash, PasswordChanged event) {
		user.changePassword(hash, now());
		// Who could read the mails may not undo this.
		this.tokens.remove(event.account(), TokenPurpose.PASSWORD_RESET);
		this.events.publishEvent(event);
	}

	/**
	 * Orders a mail with which the password can be set anew. What is done is the same,
	 * and takes the same time, for any address: whether there is an account is looked up
	 * later.
	 * @throws ApiException with RATE_LIMITED if there have been too many requests from
	 * where this one comes from
	 */
	void requestReset(RequestPasswordResetInput input, Client client) {
		this.throttle.requireMail(client);
		if (this.throttle.mail(PasswordResetMail.KIND, input.email()).isZero()) {
			this.transaction
				.executeWithoutResult((status) -> this.outbox.enqueue(PasswordResetMail.KIND, input.email()));
		}
		this.log.record(SecurityEvent.PASSWORD_RESET_REQUESTED, null, null, client);
	}

	/**
	 * Sets the password anew. All sessions of the account end.
	 * @param <T> the type of the result
	 * @param input the token and the new password
	 * @param client where the request comes from
	 * @param then called in the same transaction, in which {@link #fingerprint} is that
	 * of the new password
	 * @return what {@code then} returns
	 * @throws ApiException with BAD_USER_INPUT if the token is no good, with RATE_LIMITED
	 * if too many have been
	 */
	public <T> T reset(ResetPasswordInput input, Client client, Function<AccountId, T> then) {
		Reset<T> reset = this.throttle.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			if (token == null || !this.tokens.isGood(token, TokenPurpose.PASSWORD_RESET)) {
				return null;
			}
			String hash = this.passwords.hash(input.newPassword(), client);
			return this.transaction.execute((status) -> {
				UserEntity user = this.users.lock(token.account().value());
				if (user == null || !this.tokens.isGood(token, TokenPurpose.PASSWORD_RESET)) {
					return null;
				}
				replace(user, hash, new PasswordChanged(token.account(), null, client));
				return new Reset<>(token.account(), then.apply(token.account()));
			});
		});
		if (reset == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw invalidToken();
		}
		this.log.record(SecurityEvent.PASSWORD_RESET, reset.account(), null, client);
		return reset.result();
	}

	private record Reset<T>(AccountId account, T result) {
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MICROS);
	}

	/** Says that a token is no good, but not why. */
	static ApiException invalidToken() {
		return ApiException.badUserInput(List.of(new Violation(List.of("input", "token"), "INVALID_TOKEN",
				"This link is not valid, was used before, or is too old. Ask for a new one.")));
	}

}
