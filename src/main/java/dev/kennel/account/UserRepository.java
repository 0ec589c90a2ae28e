package dev.kennel.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.mail.Mailbox;
import jakarta.persistence.LockModeType;
import org.jspecify.annotations.Nullable;

import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Reads and writes accounts. */
interface UserRepository extends Repository<UserEntity, UUID> {

	UserEntity saveAndFlush(UserEntity user);

	// One row is one statement: a transaction of its own would be two round trips more.
	@Transactional(propagation = Propagation.SUPPORTS)
	Optional<UserEntity> findById(UUID id);

	/** Reads an account, and keeps others from changing it until the transaction ends. */
	@Lock(LockModeType.PESSIMISTIC_WRITE)
	@Query("SELECT u FROM UserEntity u WHERE u.id = :id")
	@Nullable UserEntity lock(UUID id);

	/**
	 * Marks an account as deleted: no other method finds it from then on. Its name and
	 * address are forgotten, and are free; in their place are texts that can't be any.
	 */
	@Modifying
	@Query(nativeQuery = true, value = """
			UPDATE users SET username = 'deleted:' || id, username_key = 'deleted:' || id, email = 'deleted:' || id,
			  email_key = 'deleted:' || id, email_verified_at = NULL, password_hash = '', deleted_at = clock_timestamp()
			WHERE id = :id""")
	int markDeleted(UUID id);

	List<UserEntity> findByEmailKeyIn(Collection<String> emailKeys);

	/**
	 * Finds the account of an address, whatever the case and the spelling of the domain.
	 * Of two accounts that an earlier version has made with one spelling each, it is that
	 * of the canonical one.
	 */
	default @Nullable UserEntity findByEmail(String email) {
		List<UserEntity> found = findByEmailKeyIn(Mailbox.keys(email));
		return found.stream()
			.filter((user) -> Mailbox.canonical(user.email()).equals(user.email()))
			.findFirst()
			.orElse(found.isEmpty() ? null : found.getFirst());
	}

	@Nullable UserEntity findByUsernameKey(String usernameKey);

}
