package dev.kennel.account;

import java.util.Optional;
import java.util.UUID;

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

	/** Deletes an account. All that belongs to it goes with it, by the foreign keys. */
	@Modifying
	@Query("DELETE FROM UserEntity u WHERE u.id = :id")
	int delete(UUID id);

	@Nullable UserEntity findByEmailKey(String emailKey);

	@Nullable UserEntity findByUsernameKey(String usernameKey);

}
