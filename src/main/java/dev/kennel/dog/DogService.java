package dev.kennel.dog;

import dev.kennel.database.AccountId;
import dev.kennel.database.StoreFailures;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.node.NodeKind;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Changes dogs. */
@Service
class DogService {

	private final DogRepository dogs;

	DogService(DogRepository dogs) {
		this.dogs = dogs;
	}

	/**
	 * Adds a dog. Whether the owner is the account's is not asked beforehand: the foreign
	 * key says so, in the same statement, whatever happens to the owner meanwhile.
	 * @throws ApiException with NOT_FOUND if the account has no such owner
	 */
	@Transactional
	Dog create(AccountId account, CreateDogInput input) {
		DogEntity dog = new DogEntity(account, NodeKind.OWNER.uuid(input.ownerId()), input.name(), input.breed(),
				input.birthDate());
		try {
			return this.dogs.saveAndFlush(dog).toDog();
		}
		catch (DataIntegrityViolationException ex) {
			if ("dogs_owner_exists".equals(StoreFailures.violatedConstraint(ex))) {
				throw ApiException.notFound("Owner");
			}
			throw ex;
		}
	}

}
