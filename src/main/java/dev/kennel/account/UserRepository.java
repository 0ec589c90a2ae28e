package dev.kennel.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.error.ApiException;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.Mailbox;
import jakarta.persistence.LockModeType;
import org.jspecify.annotations.Nullable;

import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads and writes accounts as entities, for the services that load an account, decide by
 * its fields and change some of them. What other requests read of accounts is read by
 * JDBC ({@link UserQueryRepository}): opening a Hibernate session costs as much as a
 * short statement.
 */
public interface UserRepository extends Repository<UserEntity, UUID> {

	/** Writes an account at once, so that a violated constraint is found here. */
	UserEntity saveAndFlush(UserEntity user);

	/**
	 * Reads an account; in a transaction that has read or locked it, without a statement.
	 */
	// One row is one statement: a transaction would add two round trips.
	@Transactional(propagation = Propagation.SUPPORTS)
	Optional<UserEntity> findById(UUID id);

	/** Reads an account, and locks its row until the end of the transaction. */
	@Lock(LockModeType.PESSIMISTIC_WRITE)
	@Query("SELECT u FROM UserEntity u WHERE u.id = :id")
	@Nullable UserEntity lock(UUID id);

	/**
	 * Locks an account as {@link #lock} does.
	 * @throws ApiException with UNAUTHENTICATED if it has been deleted
	 */
	default UserEntity lockRequired(AccountId account) {
		UserEntity user = lock(account.value());
		if (user == null) {
			throw AccountService.deleted();
		}
		return user;
	}

	/** Finds the accounts of the keys of addresses. */
	List<UserEntity> findByEmailKeyIn(Collection<String> emailKeys);

	/**
	 * Finds the account of an address, ignoring case and the spelling of the domain. Of
	 * two accounts that an earlier version has created with one spelling each, returns
	 * that of the canonical one.
	 */
	default @Nullable UserEntity findByEmail(String email) {
		List<UserEntity> found = findByEmailKeyIn(Mailbox.keys(email));
		return found.stream()
			.filter((user) -> Mailbox.canonical(user.email()).equals(user.email()))
			.findFirst()
			.orElse(found.isEmpty() ? null : found.getFirst());
	}

	/** Finds the account of the key of a username. */
	@Nullable UserEntity findByUsernameKey(String usernameKey);

}
