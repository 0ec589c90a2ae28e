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
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.database.StoreFailures;
import dev.kennel.database.Transactions;
import dev.kennel.graphql.Caller;
import dev.kennel.graphql.Client;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorReason;
import dev.kennel.graphql.error.Violation;
import dev.kennel.mail.Outbox;
import dev.kennel.throttle.Guess;
import dev.kennel.throttle.Throttle;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Makes, changes and deletes accounts. */
@Service
public class AccountService {

	private final UserRepository users;

	private final ProfileRepository profiles;

	private final OneTimeTokenRepository tokens;

	private final PasswordService passwordService;

	private final Passwords passwords;

	private final Throttle throttle;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final Transactions transactions;

	private final Clock clock;

	AccountService(UserRepository users, ProfileRepository profiles, OneTimeTokenRepository tokens,
			PasswordService passwordService, Passwords passwords, Throttle throttle, Outbox outbox, SecurityLog log,
			ApplicationEventPublisher events, TransactionOperations transaction, Transactions transactions,
			Clock clock) {
		this.users = users;
		this.profiles = profiles;
		this.tokens = tokens;
		this.passwordService = passwordService;
		this.passwords = passwords;
		this.throttle = throttle;
		this.outbox = outbox;
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
	 * RATE_LIMITED if that has been the case too often, or if too many passwords are
	 * being hashed
	 */
	public <T> T signup(SignupInput input, Client client, Function<User, T> then) {
		// Somebody who finds out which names are taken is guessing.
		T result = this.throttle.attempt(Guess.TAKEN, client, null, () -> {
			// Outside of the transaction: it takes long, and would hold a connection.
			String hash = this.passwords.hash(input.password());
			return unlessTaken(input.username(), input.email(), null, () -> this.transaction.execute((status) -> then
				.apply(this.users.saveAndFlush(new UserEntity(input.username(), input.email(), hash)).toUser())));
		});
		if (result == null) {
			throw new IllegalStateException("Nothing came of the account");
		}
		return result;
	}

	/**
	 * Changes an account's name or address. An address that is new is unverified, and the
	 * old one is told: always if it was verified, else as often as it may get mails.
	 * @param caller whose account it is
	 * @param input what to change
	 * @param client where it comes from
	 * @return the account, changed
	 * @throws ApiException with CONFLICT if the name or the address is taken
	 */
	User update(Caller caller, UpdateMeInput input, Client client) {
		AccountId account = caller.account();
		String username = input.username().value();
		String email = input.email().value();
		boolean mayTell = email == null || mayTell(account, email);
		User user = this.throttle.attempt(Guess.TAKEN, client, null,
				() -> unlessTaken(username, email, account, () -> this.transaction.execute((status) -> {
					UserEntity entity = lock(account);
					Instant now = this.clock.instant().truncatedTo(ChronoUnit.MICROS);
					boolean changed = false;
					if (username != null && !username.equals(entity.username())) {
						entity.rename(username, now);
						changed = true;
					}
					if (email != null && !email.equals(entity.email())) {
						if (mayTell || entity.isEmailVerified()) {
							this.outbox.order(EmailChangedLetter.KIND,
									EmailChangedLetter.subject(account, entity.email()));
						}
						// They went to the old address.
						this.tokens.removeAll(account);
						entity.changeEmail(email, now);
						changed = true;
					}
					if (changed) {
						this.log.record(SecurityEvent.PROFILE_CHANGED, account, caller.session(), client);
					}
					return this.users.saveAndFlush(entity).toUser();
				})));
		if (user == null) {
			throw new IllegalStateException("Nothing came of the account");
		}
		return user;
	}

	/**
	 * Nobody has shown that an unverified address is theirs: whose it really is must not
	 * be flooded.
	 */
	private boolean mayTell(AccountId account, String newEmail) {
		User known = this.profiles.find(account);
		return known != null && !newEmail.equals(known.email()) && known.emailVerifiedAt() == null
				&& this.throttle.mail(EmailChangedLetter.KIND, known.email()).isZero();
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

	/** The store names the first of the two that is taken; the client is told both. */
	private <T> T unlessTaken(@Nullable String username, @Nullable String email, @Nullable AccountId account,
			Supplier<T> work) {
		try {
			return work.get();
		}
		catch (DataIntegrityViolationException ex) {
			String constraint = StoreFailures.violatedConstraint(ex);
			if ("users_username_unique".equals(constraint) || "users_email_unique".equals(constraint)) {
				throw taken(username, email, account);
			}
			throw ex;
		}
	}

	private ApiException taken(@Nullable String username, @Nullable String email, @Nullable AccountId account) {
		List<Violation> violations = new ArrayList<>();
		if (username != null && isSomebodyElse(this.users.findByUsernameKey(CaseFolding.key(username)), account)) {
			violations.add(new Violation(List.of("input", "username"), "TAKEN", "This username is taken."));
		}
		if (email != null && isSomebodyElse(this.users.findByEmailKey(CaseFolding.key(email)), account)) {
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
