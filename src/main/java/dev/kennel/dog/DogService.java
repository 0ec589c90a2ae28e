package dev.kennel.dog;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

import dev.kennel.database.AccountId;
import dev.kennel.database.StoreFailures;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.owner.NewDogInput;
import dev.kennel.owner.OwnedDogs;
import dev.kennel.owner.Owner;
import dev.kennel.paging.NodeReader;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Changes dogs. */
@Service
class DogService implements OwnedDogs {

	private final DogRepository dogs;

	private final NodeReader nodes;

	private final Clock clock;

	DogService(DogRepository dogs, NodeReader nodes, Clock clock) {
		this.dogs = dogs;
		this.nodes = nodes;
		this.clock = clock;
	}

	/**
	 * Adds a dog. Whether the owner is the account's is not asked beforehand: the foreign
	 * key says so, in the same statement, whatever happens to the owner meanwhile.
	 * @throws ApiException with NOT_FOUND if the account has no such owner
	 */
	@Transactional
	Dog create(AccountId account, CreateDogInput input) {
		NewDogInput dog = new NewDogInput(input.name(), input.breed(), input.birthDate());
		return withOwner(
				() -> this.dogs.insert(account, NodeKind.OWNER.uuid(input.ownerId()), List.of(dog)).getFirst());
	}

	/**
	 * Changes what is given of a dog.
	 * @throws ApiException with NOT_FOUND if the account has no such dog, or no such
	 * owner to move it to
	 */
	@Transactional
	Dog update(AccountId account, UpdateDogInput input) {
		NodeId id = NodeKind.DOG.id(NodeKind.DOG.uuid(input.id()));
		if (!input.changesAnything()) {
			return required((Dog) this.nodes.read(account, List.of(id)).get(id));
		}
		OffsetDateTime now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
		return withOwner(() -> required(this.dogs.update(account, id.uuid(), input, now)));
	}

	/**
	 * Removes a dog.
	 * @throws ApiException with NOT_FOUND if the account has no such dog
	 */
	@Transactional
	DeleteDogPayload delete(AccountId account, NodeId id) {
		Dog dog = required(this.dogs.delete(account, id.uuid()));
		// Nobody removes it before the end of the transaction.
		Owner owner = (Owner) this.nodes.read(account, List.of(dog.ownerId())).get(dog.ownerId());
		if (owner == null) {
			throw new IllegalStateException("A dog without an owner");
		}
		return new DeleteDogPayload(id, owner);
	}

	@Override
	@Transactional(propagation = Propagation.MANDATORY)
	public void create(AccountId account, NodeId owner, List<NewDogInput> newDogs) {
		this.dogs.insert(account, owner.uuid(), newDogs);
	}

	@Override
	@Transactional(propagation = Propagation.MANDATORY)
	public List<NodeId> of(AccountId account, NodeId owner) {
		return this.dogs.idsOf(account, owner);
	}

	@Override
	@Transactional(propagation = Propagation.MANDATORY)
	public void delete(AccountId account, NodeId owner, int count) {
		if (this.dogs.deleteOf(account, owner, count).size() != count) {
			throw new IllegalStateException("The owner's dogs have changed although the account is locked");
		}
	}

	private static Dog withOwner(Supplier<Dog> write) {
		try {
			return write.get();
		}
		catch (DataIntegrityViolationException ex) {
			if ("dogs_owner_exists".equals(StoreFailures.violatedConstraint(ex))) {
				throw ApiException.notFound(NodeKind.OWNER.typeName());
			}
			throw ex;
		}
	}

	private static Dog required(@Nullable Dog dog) {
		if (dog == null) {
			throw ApiException.notFound(NodeKind.DOG.typeName());
		}
		return dog;
	}

}
