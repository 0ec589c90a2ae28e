package dev.kennel.account;

import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Reads and writes accounts. */
interface UserRepository extends Repository<UserEntity, UUID> {

	UserEntity saveAndFlush(UserEntity user);

	// One row is one statement: a transaction of its own would be two round trips more.
	@Transactional(propagation = Propagation.SUPPORTS)
	Optional<UserEntity> findById(UUID id);

	@Nullable UserEntity findByUsernameKey(String usernameKey);

	boolean existsByUsernameKey(String usernameKey);

	boolean existsByEmailKey(String emailKey);

}
