package dev.kennel.account.profile;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.account.AccountService;
import dev.kennel.account.ReauthenticationPolicy;
import dev.kennel.account.User;
import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.email.EmailChangeService;
import dev.kennel.account.password.PasswordHasher;
import dev.kennel.account.password.PasswordService;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.text.CaseFolding;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionOperations;

/** Creates accounts, and changes their names and addresses. */
@Service
public class ProfileService {

	private final UserRepository users;

	private final AccountService accounts;

	private final EmailChangeService emails;

	private final PasswordService passwords;

	private final PasswordHasher hasher;

	private final RateLimiter rateLimiter;

	private final ReauthenticationPolicy reauthentication;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	private final Clock clock;

	ProfileService(UserRepository users, AccountService accounts, EmailChangeService emails, PasswordService passwords,
			PasswordHasher hasher, RateLimiter rateLimiter, ReauthenticationPolicy reauthentication, SecurityLog log,
			TransactionOperations transaction, Clock clock) {
		this.users = users;
		this.accounts = accounts;
		this.emails = emails;
		this.passwords = passwords;
		this.hasher = hasher;
		this.rateLimiter = rateLimiter;
		this.reauthentication = reauthentication;
		this.log = log;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Creates an account.
	 * @param <T> the type of the result
	 * @param input the account to create
	 * @param client the client that sent the request
	 * @param then called with the new account in the same transaction
	 * @return what {@code then} returns
	 * @throws ApiException with CONFLICT if the name or the address is taken, with
	 * BAD_USER_INPUT if the password is known from a data breach, with RATE_LIMITED if
	 * the client's network has sent too many sign-ups, or if the queue of password hashes
	 * is full
	 */
	public <T> T signup(SignupInput input, Client client, Function<User, T> then) {
		T result = this.rateLimiter.attempt(RateLimitedAction.SIGN_UP, client, null, () -> {
			// Outside of the transaction: hashing takes long, and would hold a
			// connection.
			String hash = this.hasher.hashNew(input.password(), "password", client);
			return executeUnlessTaken(input.username(), input.email(), null,
					() -> this.transaction.execute((status) -> {
						User user = saveUnlessReserved(new UserEntity(input.username(), input.email(), hash), status);
						return (user != null) ? then.apply(user) : null;
					}));
		});
		if (result == null) {
			throw new IllegalStateException("The transaction has returned no account");
		}
		return result;
	}

	/**
	 * Updates an account's name or email address. A new address is unverified; until it
	 * is verified, the verified address that it replaces stays authoritative. A verified
	 * old address is always notified, an unverified one within its rate limit.
	 * @param caller the account and session
	 * @param input what to change
	 * @param client the client that sent the request
	 * @return the updated account
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with FORBIDDEN
	 * if a new address needs a recent proof, with RATE_LIMITED after too many wrong
	 * passwords, changes (successful or not) or mails, with CONFLICT if the name or the
	 * address is taken, or the password was changed concurrently, with UNAUTHENTICATED if
	 * the session has ended meanwhile
	 */
	User update(Caller caller, UpdateMeInput input, Client client) {
		AccountId account = caller.account();
		if (!input.isSensitive() || input.currentPassword() == null) {
			return this.accounts.require(account);
		}
		String username = input.username().value();
		String email = input.email().value();
		String hash = this.passwords.require(caller, input.currentPassword(), "currentPassword", client);
		boolean mayNotify = email != null && this.emails.chargeNotification(account, email, client);
		User user = this.rateLimiter.attempt(RateLimitedAction.PROFILE_CHANGE, client, account.value().toString(),
				() -> executeUnlessTaken(username, email, account, () -> this.transaction.execute((status) -> {
					UserEntity entity = this.passwords.lock(caller, hash);
					Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
					boolean renamed = username != null && !username.equals(entity.username());
					if (username != null && renamed) {
						entity.rename(username, now);
					}
					boolean emailChanged = email != null && !email.equals(entity.email());
					if (email != null && emailChanged) {
						this.reauthentication.requireForAddress(caller);
						this.emails.replace(entity, email, mayNotify, now);
					}
					if (renamed || emailChanged) {
						this.log.record(SecurityEvent.PROFILE_CHANGED, account, caller.session(), client);
					}
					return emailChanged ? saveUnlessReserved(entity, status) : this.users.saveAndFlush(entity).toUser();
				})));
		if (user == null) {
			throw new IllegalStateException("The transaction has returned no account");
		}
		return user;
	}

	/**
	 * Writes an account. Rolls back, and returns null, if another account can still
	 * restore the address.
	 */
	private @Nullable User saveUnlessReserved(UserEntity entity, TransactionStatus status) {
		User user = this.users.saveAndFlush(entity).toUser();
		if (this.emails.isReserved(entity.email(), entity.account())) {
			status.setRollbackOnly();
			return null;
		}
		return user;
	}

	/**
	 * PostgreSQL names the first violated constraint only; the error has both violations.
	 * Work that returns null was rolled back, as the address is reserved.
	 */
	private <T> T executeUnlessTaken(@Nullable String username, @Nullable String email, @Nullable AccountId account,
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
		if (username != null && belongsToAnother(this.users.findByUsernameKey(CaseFolding.key(username)), account)) {
			violations.add(new Violation(List.of("input", "username"), "TAKEN", "This username is taken."));
		}
		if (email != null && (belongsToAnother(this.users.findByEmail(email), account)
				|| this.emails.isReserved(email, account))) {
			violations.add(new Violation(List.of("input", "email"), "TAKEN", "This email address is taken."));
		}
		String message = violations.isEmpty() ? "The username or the email address was taken a moment ago."
				: String.join(" ", violations.stream().map(Violation::message).toList());
		return ApiException.conflict(message, violations);
	}

	private static boolean belongsToAnother(@Nullable UserEntity user, @Nullable AccountId account) {
		return user != null && !user.account().equals(account);
	}

}
