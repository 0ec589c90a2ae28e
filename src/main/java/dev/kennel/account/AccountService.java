package dev.kennel.account;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.database.StoreFailures;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.Violation;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Makes accounts, and tells whether somebody is who they say. */
@Service
public class AccountService {

	/** In UTF-16 units: 128 characters. */
	private static final int MAX_PASSWORD_LENGTH = 256;

	private final UserRepository users;

	private final PasswordEncoder passwords;

	private final TransactionOperations transaction;

	/**
	 * Compared with the password of whoever has no account, so that it takes the same
	 * time.
	 */
	private final String nobodysHash;

	AccountService(UserRepository users, PasswordEncoder passwords, TransactionOperations transaction) {
		this.users = users;
		this.passwords = passwords;
		this.transaction = transaction;
		this.nobodysHash = String.valueOf(passwords.encode("nobody's password"));
	}

	/**
	 * Makes an account.
	 * @param <T> what else comes of it
	 * @param input the account to make
	 * @param then what is done with it in the same transaction
	 * @return what that answers
	 * @throws ApiException with CONFLICT if the name or the address is taken
	 */
	public <T> T signup(SignupInput input, Function<User, T> then) {
		// Outside of the transaction: it takes long, and would hold a connection.
		String hash = String.valueOf(this.passwords.encode(input.password()));
		try {
			return this.transaction.execute((status) -> then
				.apply(this.users.saveAndFlush(new UserEntity(input.username(), input.email(), hash)).toUser()));
		}
		catch (DataIntegrityViolationException ex) {
			String constraint = StoreFailures.violatedConstraint(ex);
			if ("users_username_unique".equals(constraint) || "users_email_unique".equals(constraint)) {
				throw taken(input);
			}
			throw ex;
		}
	}

	/** The store names the first of the two that is taken; the client is told both. */
	private ApiException taken(SignupInput input) {
		List<Violation> violations = new ArrayList<>();
		if (this.users.existsByUsernameKey(CaseFolding.key(input.username()))) {
			violations.add(new Violation(List.of("input", "username"), "TAKEN", "This username is taken."));
		}
		if (this.users.existsByEmailKey(CaseFolding.key(input.email()))) {
			violations.add(new Violation(List.of("input", "email"), "TAKEN", "This email address is taken."));
		}
		String message = violations.isEmpty() ? "The username or the email address was taken a moment ago."
				: String.join(" ", violations.stream().map(Violation::message).toList());
		return ApiException.conflict(message, violations);
	}

	/**
	 * Finds the account with a name and a password. It takes as long if there is no
	 * account of that name.
	 * @param username the name, whatever the case
	 * @param password the password
	 * @return the account, or null if there is none with both
	 */
	public @Nullable User authenticate(String username, String password) {
		// What can be nobody's name is not looked up: the store would refuse some of it.
		UserEntity user = username.matches(SignupInput.USERNAME)
				? this.users.findByUsernameKey(CaseFolding.key(username)) : null;
		String hash = (user != null) ? user.passwordHash() : this.nobodysHash;
		// What can be nobody's password is not hashed: the encoder would refuse some of
		// it.
		boolean possible = password.length() <= MAX_PASSWORD_LENGTH
				&& StandardCharsets.UTF_8.newEncoder().canEncode(password);
		boolean matches = this.passwords.matches(possible ? password : "", hash) && possible;
		return (user != null && matches) ? user.toUser() : null;
	}

	/**
	 * Reads an account.
	 * @param account the account
	 * @return its user, or null if it has been deleted
	 */
	public @Nullable User find(AccountId account) {
		return this.users.findById(account.value()).map(UserEntity::toUser).orElse(null);
	}

}
