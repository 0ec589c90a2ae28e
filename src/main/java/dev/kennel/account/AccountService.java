package dev.kennel.account;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.SqlFailureClassifier;
import dev.kennel.database.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.text.CaseFolding;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionOperations;

/** Makes, changes and deletes accounts. */
@Service
public class AccountService {

	private final UserRepository users;

	private final ProfileRepository profiles;

	private final EmailChangeService emails;

	private final PasswordService passwordService;

	private final PasswordHasher passwords;

	private final RateLimiter throttle;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final TransactionRunner transactions;

	private final Clock clock;

	AccountService(UserRepository users, ProfileRepository profiles, EmailChangeService emails,
			PasswordService passwordService, PasswordHasher passwords, RateLimiter throttle, SecurityLog log,
			ApplicationEventPublisher events, TransactionOperations transaction, TransactionRunner transactions,
			Clock clock) {
		this.users = users;
		this.profiles = profiles;
		this.emails = emails;
		this.passwordService = passwordService;
		this.passwords = passwords;
		this.throttle = throttle;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
		this.transactions = transactions;
		this.clock = clock;
	}

	/**
	 * Makes an account.
	 * @param <T> what else comes of it
	 * @param input the account to make
	 * @param client where it comes from
	 * @param then what is done with it in the same transaction
	 * @return what that answers
	 * @throws ApiException with CONFLICT if the name or the address is taken, with
	 * RATE_LIMITED if the client's network has sent too many sign-ups, or if too many
	 * passwords are being hashed
	 */
	public <T> T signup(SignupInput input, Client client, Function<User, T> then) {
		T result = this.throttle.attempt(RateLimitedAction.SIGN_UP, client, null, () -> {
			// Outside of the transaction: it takes long, and would hold a connection.
			String hash = this.passwords.hash(input.password(), client);
			return unlessTaken(input.username(), input.email(), null, () -> this.transaction.execute((status) -> {
				User user = unlessReserved(new UserEntity(input.username(), input.email(), hash), status);
				return (user != null) ? then.apply(user) : null;
			}));
		});
		if (result == null) {
			throw new IllegalStateException("Nothing came of the account");
		}
		return result;
	}

	/**
	 * Changes an account's name or address. A new address is unverified. Until it is
	 * verified, a verified one that it replaces goes on speaking for the account. The old
	 * address is told: always if it was verified, else as often as it may get mails.
	 * @param caller whose account it is
	 * @param input what to change
	 * @param client where it comes from
	 * @return the account, changed
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED if it has been too often, or if there have been too many changes,
	 * whatever came of them, or mails, with CONFLICT if the name or the address is taken,
	 * or the password has just been changed
	 */
	User update(Caller caller, UpdateMeInput input, Client client) {
		AccountId account = caller.account();
		if (!input.isSensitive() || input.currentPassword() == null) {
			User user = find(account);
			if (user == null) {
				throw deleted();
			}
			return user;
		}
		String username = input.username().value();
		String email = input.email().value();
		String hash = this.passwordService.require(caller, input.currentPassword(), "currentPassword", client);
		boolean mayTell = email != null && this.emails.chargeNotice(account, email, client);
		User user = this.throttle.attempt(RateLimitedAction.PROFILE_CHANGE, client, account.value().toString(),
				() -> unlessTaken(username, email, account, () -> this.transaction.execute((status) -> {
					UserEntity entity = lock(account);
					if (!entity.passwordHash().equals(hash)) {
						throw PasswordService.changedMeanwhile();
					}
					Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
					boolean renamed = username != null && !username.equals(entity.username());
					if (username != null && renamed) {
						entity.rename(username, now);
					}
					boolean moved = email != null && !email.equals(entity.email());
					if (email != null && moved) {
						this.emails.replace(entity, email, mayTell, now);
					}
					if (renamed || moved) {
						this.log.record(SecurityEvent.PROFILE_CHANGED, account, caller.session(), client);
					}
					return moved ? unlessReserved(entity, status) : this.users.saveAndFlush(entity).toUser();
				})));
		if (user == null) {
			throw new IllegalStateException("Nothing came of the account");
		}
		return user;
	}

	/**
	 * Writes an account, unless its address is one that another account can still get
	 * back.
	 */
	private @Nullable User unlessReserved(UserEntity entity, TransactionStatus status) {
		User user = this.users.saveAndFlush(entity).toUser();
		if (this.emails.isReserved(entity.email(), entity.account())) {
			status.setRollbackOnly();
			return null;
		}
		return user;
	}

	private UserEntity lock(AccountId account) {
		UserEntity user = this.users.lock(account.value());
		if (user == null) {
			throw deleted();
		}
		return user;
	}

	static ApiException deleted() {
		return ApiException.unauthenticated(ErrorReason.SESSION_ENDED, "The account has been deleted.");
	}

	/**
	 * The store names the first of the two that is taken; the client is told both. Work
	 * that returns null was rolled back, as the address is reserved.
	 */
	private <T> T unlessTaken(@Nullable String username, @Nullable String email, @Nullable AccountId account,
			Supplier<@Nullable T> work) {
		T result;
		try {
			result = work.get();
		}
		catch (DataIntegrityViolationException ex) {
			String constraint = SqlFailureClassifier.violatedConstraint(ex);
			if ("users_username_unique".equals(constraint) || "users_email_unique".equals(constraint)) {
				throw taken(username, email, account);
			}
			throw ex;
		}
		if (result == null) {
			throw taken(username, email, account);
		}
		return result;
	}

	private ApiException taken(@Nullable String username, @Nullable String email, @Nullable AccountId account) {
		List<Violation> violations = new ArrayList<>();
		if (username != null && isSomebodyElse(this.users.findByUsernameKey(CaseFolding.key(username)), account)) {
			violations.add(new Violation(List.of("input", "username"), "TAKEN", "This username is taken."));
		}
		if (email != null
				&& (isSomebodyElse(this.users.findByEmail(email), account) || this.emails.isReserved(email, account))) {
			violations.add(new Violation(List.of("input", "email"), "TAKEN", "This email address is taken."));
		}
		String message = violations.isEmpty() ? "The username or the email address was taken a moment ago."
				: String.join(" ", violations.stream().map(Violation::message).toList());
		return ApiException.conflict(message, violations);
	}

	private static boolean isSomebodyElse(@Nullable UserEntity user, @Nullable AccountId account) {
		return user != null && !user.account().equals(account);
	}

	/**
	 * Deletes an account: from the commit on, nothing finds it, nothing is written to it,
	 * and its name and address are free. Its rows are removed afterwards.
	 * @param caller who asks
	 * @param input the password
	 * @param client where it comes from
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED if it has been too often, with CONFLICT if it has just been changed
	 */
	void delete(Caller caller, DeleteMeInput input, Client client) {
		String hash = this.passwordService.require(caller, input.password(), "password", client);
		this.transactions.execute(() -> {
			this.events.publishEvent(new AccountDeletionStarting(caller.account()));
			// Whoever adds something to the account waits, and then finds it gone.
			if (!lock(caller.account()).passwordHash().equals(hash)) {
				throw PasswordService.changedMeanwhile();
			}
			this.events.publishEvent(new BeforeAccountDeletion(caller.account(), client));
			return this.users.markDeleted(caller.account().value());
		});
		this.log.record(SecurityEvent.ACCOUNT_DELETED, caller.account(), caller.session(), client);
	}

	/**
	 * Reads an account.
	 * @param account the account
	 * @return its user, or null if it has been deleted
	 */
	public @Nullable User find(AccountId account) {
		return this.profiles.find(account);
	}

}
