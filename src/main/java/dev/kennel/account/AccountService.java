package dev.kennel.account;

import java.util.function.Function;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Finds accounts, and locks them for a transaction. It does not depend on the outbox, so
 * that templates of mails can use it.
 */
@Service
public class AccountService {

	private final UserRepository users;

	private final UserQueryRepository queries;

	private final TransactionOperations transaction;

	AccountService(UserRepository users, UserQueryRepository queries, TransactionOperations transaction) {
		this.users = users;
		this.queries = queries;
		this.transaction = transaction;
	}

	/**
	 * Reads an account.
	 * @param account the account
	 * @return its user, or null if it has been deleted
	 */
	public @Nullable User find(AccountId account) {
		return this.queries.find(account);
	}

	/**
	 * Reads an account that its caller requires.
	 * @param account the account
	 * @return its user
	 * @throws ApiException with UNAUTHENTICATED if it has been deleted
	 */
	public User require(AccountId account) {
		User user = find(account);
		if (user == null) {
			throw deleted();
		}
		return user;
	}

	/**
	 * Returns the error for a caller whose account has been deleted.
	 * @return the error
	 */
	public static ApiException deleted() {
		return ApiException.unauthenticated(ErrorReason.SESSION_ENDED, "The account has been deleted.");
	}

	/**
	 * Finds the account of an address, verified or not.
	 * @param email a valid address, ignoring case and the spelling of the domain
	 * @return the account, or null if there is none
	 */
	public @Nullable AccountId findByEmail(String email) {
		UserEntity user = this.users.findByEmail(email);
		return (user != null) ? user.account() : null;
	}

	/**
	 * Executes work in a transaction that locks an account: a deletion or a new password
	 * of the account commits before it or after it.
	 * @param <T> the type of the result
	 * @param account the account
	 * @param work the work, which gets the account's user
	 * @return what {@code work} returns, or null if the account has been deleted
	 */
	public <T> @Nullable T executeLockedIfPresent(AccountId account, Function<User, @Nullable T> work) {
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(account.value());
			return (user != null) ? work.apply(user.toUser()) : null;
		});
	}

	/**
	 * Executes work in a transaction that locks an account: a deletion or a new password
	 * of the account commits before it or after it.
	 * @param <T> the type of the result
	 * @param account the account
	 * @param work the work, which gets the account's user
	 * @return what {@code work} returns
	 * @throws ApiException with UNAUTHENTICATED if the account has been deleted
	 */
	public <T extends @Nullable Object> T executeLocked(AccountId account, Function<User, T> work) {
		return this.transaction.execute((status) -> work.apply(this.users.lockRequired(account).toUser()));
	}

	/**
	 * Returns the fingerprint of an account's password, for a {@link DeviceProof}.
	 * @param account the account
	 * @return the fingerprint, or null if the account has been deleted
	 */
	public @Nullable String passwordFingerprint(AccountId account) {
		return this.users.findById(account.value()).map(UserEntity::passwordFingerprint).orElse(null);
	}

}
